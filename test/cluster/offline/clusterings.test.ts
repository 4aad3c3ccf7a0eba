import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fitIsolationForest, isolationScore } from '../../../src/anomaly/isolation-forest.js';
import { adjustedRandIndex } from '../../../src/cluster/adjusted-rand-index.js';
import { agglomerate, type Linkage } from '../../../src/cluster/offline/agglomerate.js';
import { bisectingKMeans } from '../../../src/cluster/offline/bisecting-k-means.js';
import { calinskiHarabasz } from '../../../src/cluster/offline/calinski-harabasz.js';
import { centersOf } from '../../../src/cluster/offline/centers.js';
import { daviesBouldin } from '../../../src/cluster/offline/davies-bouldin.js';
import { dbscan } from '../../../src/cluster/offline/dbscan.js';
import { cutDendrogram, topOf } from '../../../src/cluster/offline/dendrogram.js';
import { type Covariance, gaussianMixture } from '../../../src/cluster/offline/gaussian-mixture.js';
import { hdbscan } from '../../../src/cluster/offline/hdbscan.js';
import { kMeans } from '../../../src/cluster/offline/k-means.js';
import { kMedoids } from '../../../src/cluster/offline/k-medoids.js';
import { localOutlierFactors } from '../../../src/cluster/offline/local-outlier-factor.js';
import { miniBatchKMeans } from '../../../src/cluster/offline/mini-batch-k-means.js';
import { clusterSizes, NOISE } from '../../../src/cluster/offline/partition.js';
import type { Points } from '../../../src/cluster/offline/points.js';
import { findRowNeighbours } from '../../../src/cluster/offline/row-neighbours.js';
import { createRandom } from '../../../src/numeric/random.js';

/** Made by `fixtures/make-clusterings.py` with scikit-learn, scipy, hdbscan and kmedoids. */
const FIXTURE = JSON.parse(readFileSync(new URL('./fixtures/clusterings.json', import.meta.url), 'utf8')) as {
  readonly rows: number[][];
  readonly truth: number[];
  readonly kMeans: { labels: number[]; inertia: number; daviesBouldin: number; calinskiHarabasz: number };
  readonly miniBatch: { inertia: number };
  readonly mixtures: Record<Covariance, { labels: number[]; logLikelihood: number; bic: number }>;
  readonly trees: Record<Linkage, { heights: number[]; labels: number[] }>;
  readonly divisive: { labels: number[]; inertia: number };
  readonly dbscan: number[];
  readonly hdbscan: { labels: number[]; probabilities: number[]; reference: number[] };
  readonly medoids: { labels: number[]; loss: number };
  readonly knn: number[];
  readonly lof: number[];
  readonly isolation: number[];
};

const points: Points = {
  length: FIXTURE.rows.length,
  size: 3,
  values: Float32Array.from(FIXTURE.rows.flat()),
};

/** Noise of the reference, -1, is ours. */
function withNoise(labels: readonly number[]): number[] {
  return labels.map((label) => (label < 0 ? NOISE : label));
}

describe('k-means', () => {
  it('finds the clusters and the inertia of scikit-learn, the largest cluster first', async () => {
    const partition = await kMeans(points, 4, 1);
    expect(adjustedRandIndex(partition.membership, FIXTURE.kMeans.labels)).toBe(1);
    expect(partition.facts.inertia).toBeCloseTo(FIXTURE.kMeans.inertia, 2);
    const sizes = [...clusterSizes(partition)];
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  });

  it('in mini-batches is no worse than that of scikit-learn, by more than a hundredth', async () => {
    const { facts } = await miniBatchKMeans(points, 4, 1);
    expect(facts.inertia).toBeLessThan(FIXTURE.miniBatch.inertia * 1.01);
    expect(facts.inertia).toBeGreaterThan(FIXTURE.kMeans.inertia * 0.999);
  });
});

describe('scores of clusters', () => {
  it('are those of scikit-learn', () => {
    const partition = { k: 4, membership: Uint16Array.from(FIXTURE.kMeans.labels) };
    expect(daviesBouldin(points, partition)).toBeCloseTo(FIXTURE.kMeans.daviesBouldin, 6);
    expect(calinskiHarabasz(points, partition)).toBeCloseTo(FIXTURE.kMeans.calinskiHarabasz, 3);
  });

  it('leave noise out', () => {
    const membership = Uint16Array.from([...FIXTURE.kMeans.labels, NOISE]);
    const more = { ...points, length: points.length + 1, values: Float32Array.from([...points.values, 900, 900, 900]) };
    expect(daviesBouldin(more, { k: 4, membership })).toBeCloseTo(FIXTURE.kMeans.daviesBouldin, 6);
    expect(calinskiHarabasz(more, { k: 4, membership })).toBeCloseTo(FIXTURE.kMeans.calinskiHarabasz, 3);
  });
});

describe.each(['full', 'diagonal'] as const)('a Gaussian mixture of %s covariances', (covariance) => {
  it('has the likelihood and the clusters of scikit-learn', async () => {
    const { labels, logLikelihood, bic } = FIXTURE.mixtures[covariance];
    const { membership, probabilities, facts } = await gaussianMixture(points, 4, { seed: 1, covariance });
    expect(facts.logLikelihood).toBeCloseTo(logLikelihood, 1);
    expect(Math.abs((facts.bic as number) / bic - 1)).toBeLessThan(0.01);
    expect(adjustedRandIndex(membership, labels)).toBeGreaterThan(0.9);
    for (const probability of probabilities!) {
      expect(probability).toBeGreaterThanOrEqual(0.25);
      expect(probability).toBeLessThanOrEqual(1 + 1e-9);
    }
  });
});

describe.each(['ward', 'average', 'complete', 'single'] as const)('agglomerative clustering by %s linkage', (name) => {
  it('merges at the heights of scipy, and cuts into the clusters of scikit-learn', async () => {
    const tree = await agglomerate(points, name);
    const { heights, labels } = FIXTURE.trees[name];
    for (const [i, height] of heights.entries()) expect(tree.heights[i]).toBeCloseTo(height, 5);
    expect(adjustedRandIndex(cutDendrogram(tree, 4), labels)).toBe(1);
  });

  it('shows the same cut on the upper part of its tree', async () => {
    const tree = await agglomerate(points, name);
    const top = topOf(tree, 12);
    expect(top.leafSizes.reduce((sum, size) => sum + size, 0)).toBe(points.length);
    const counts = new Map<number, number>();
    for (const [leaf, cluster] of cutDendrogram(top, 4).entries()) {
      counts.set(cluster, (counts.get(cluster) ?? 0) + top.leafSizes[leaf]!);
    }
    const whole = new Map<number, number>();
    for (const cluster of cutDendrogram(tree, 4)) whole.set(cluster, (whole.get(cluster) ?? 0) + 1);
    expect([...counts.values()].sort()).toEqual([...whole.values()].sort());
  });
});

describe('divisive clustering', () => {
  it('cuts the clusters that bisecting k-means of scikit-learn cuts', async () => {
    const { tree, leafOf } = await bisectingKMeans(points, 5, 1);
    // Each cut is a local optimum: a row on a border may fall on either side of it.
    expect(adjustedRandIndex(leafOf, FIXTURE.divisive.labels)).toBeGreaterThan(0.98);
    const { distances } = centersOf(points, { k: tree.leaves, membership: Uint16Array.from(leafOf) });
    const inertia = distances.reduce((sum, distance) => sum + distance * distance, 0);
    expect(inertia).toBeLessThan(FIXTURE.divisive.inertia * 1.005);
    expect(tree.heights).toEqual(tree.heights.toSorted());
    const clusters = cutDendrogram(tree, 3);
    expect(new Set(leafOf.map((leaf) => clusters[leaf]!)).size).toBe(3);
  });
});

describe('clustering by density', () => {
  it('by DBSCAN finds clusters and noise of scikit-learn', async () => {
    const { membership } = await dbscan(points, { epsilon: 0.9, minPoints: 5 });
    expect(adjustedRandIndex(membership, withNoise(FIXTURE.dbscan))).toBe(1);
    expect(membership.map((cluster) => Number(cluster === NOISE))).toEqual(
      Uint16Array.from(FIXTURE.dbscan, (label) => Number(label < 0)),
    );
  });

  it('reads a distance from the rows where none is given', async () => {
    const { facts, k } = await dbscan(points, { minPoints: 5 });
    expect(facts.epsilon).toBeGreaterThan(0.4);
    expect(facts.epsilon).toBeLessThan(3);
    expect(k).toBeGreaterThanOrEqual(2);
  });

  it('by HDBSCAN finds clusters, noise and probabilities of scikit-learn, and the clusters of hdbscan', async () => {
    const { membership, probabilities } = await hdbscan(points, { minClusterSize: 8, minPoints: 5 });
    const { labels, probabilities: expected, reference } = FIXTURE.hdbscan;
    expect(adjustedRandIndex(membership, withNoise(labels))).toBe(1);
    expect(adjustedRandIndex(membership, withNoise(reference))).toBe(1);
    for (const [row, probability] of expected.entries()) expect(probabilities![row]).toBeCloseTo(probability, 5);
  });

  it('by HDBSCAN gives noise alone where no place is denser than the others', async () => {
    const four = { length: 4, size: 1, values: Float32Array.from([0, 1, 2, 3]) };
    const { k, membership } = await hdbscan(four, { minClusterSize: 3, minPoints: 2 });
    expect(k).toBe(0);
    expect([...membership]).toEqual([NOISE, NOISE, NOISE, NOISE]);
  });
});

describe('k-medoids', () => {
  it('loses no more than FasterPAM, and names rows of its clusters', async () => {
    const { membership, medoids, facts } = await kMedoids(points, 4);
    expect(facts.loss).toBeLessThan(FIXTURE.medoids.loss * 1.0001);
    expect(adjustedRandIndex(membership, FIXTURE.medoids.labels)).toBeGreaterThan(0.95);
    for (const [cluster, row] of medoids.entries()) expect(membership[row]).toBe(cluster);
  });
});

describe('anomaly scores', () => {
  it('by neighbours are those of scikit-learn', async () => {
    const { distances, count } = await findRowNeighbours(points, 6);
    for (const [row, mean] of FIXTURE.knn.entries()) {
      const own = distances.subarray(row * count, (row + 1) * count);
      expect(own.reduce((sum, distance) => sum + distance, 0) / count).toBeCloseTo(mean, 5);
    }
  });

  it('by local outlier factor are those of scikit-learn', async () => {
    const factors = localOutlierFactors(await findRowNeighbours(points, 20));
    for (const [row, factor] of FIXTURE.lof.entries()) expect(factors[row]).toBeCloseTo(factor, 4);
  });

  it('by isolation forest stand in much the order of scikit-learn', () => {
    const forest = fitIsolationForest(points.values, points.length, 3, createRandom(1));
    const ours = FIXTURE.rows.map((_, row) => isolationScore(forest, points.values, 3 * row));
    expect(correlationOf(ranksOf(ours), ranksOf(FIXTURE.isolation))).toBeGreaterThan(0.97);
  });
});

function ranksOf(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (const [rank, row] of order.entries()) ranks[row] = rank;
  return ranks;
}

function correlationOf(a: readonly number[], b: readonly number[]): number {
  const mean = (a.length - 1) / 2;
  const spread = a.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return a.reduce((sum, value, i) => sum + (value - mean) * (b[i]! - mean), 0) / spread;
}
