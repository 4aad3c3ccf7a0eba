import { describe, expect, it } from 'vitest';
import { createClusterModel } from '../../src/cluster/create-cluster-model.js';
import { NO_CENTROID, refitCentroids } from '../../src/cluster/refit-centroids.js';
import { seedCentroids } from '../../src/cluster/seed-centroids.js';
import { createRandom } from '../../src/numeric/random.js';

function blobs(n: number, centres: readonly (readonly number[])[], seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from(
    Array.from({ length: n }, (_, i) => centres[i % centres.length]!.map((c) => c + 0.3 * random.normal())).flat(),
  );
}

const centres = [
  [0, 0],
  [5, 0],
  [0, 5],
  [5, 5],
];

describe('seedCentroids', () => {
  it('finds four blobs, and the same ones for the same seed', async () => {
    const rows = blobs(400, centres, 1);
    const fit = await seedCentroids(rows, 2, 4, { seed: 9 });
    const found = [0, 1, 2, 3].map((j) => [...fit.centroids.subarray(2 * j, 2 * j + 2)].map(Math.round).join()).sort();
    expect(found).toEqual(['0,0', '0,5', '5,0', '5,5']);
    expect([...fit.weights]).toEqual([100, 100, 100, 100]);
    expect(fit.startInertias).toHaveLength(10);
    expect(fit.inertia).toBeLessThanOrEqual(Math.min(...fit.startInertias) + 1e-6);
    expect(await seedCentroids(rows, 2, 4, { seed: 9 })).toEqual(fit);
  });

  it('leaves out rows that are not finite and says which', async () => {
    const rows = blobs(40, centres, 2);
    rows[3] = Number.NaN;
    rows[10] = Number.POSITIVE_INFINITY;
    const fit = await seedCentroids(rows, 2, 4, { seed: 1, starts: 2 });
    expect(fit.rows).toBe(38);
    expect([fit.membership[1], fit.membership[5]]).toEqual([NO_CENTROID, NO_CENTROID]);
    expect(fit.centroids.every(Number.isFinite)).toBe(true);
  });

  it('gives only as many centroids as there are distinct rows', async () => {
    const rows = Float32Array.from([1, 2, 1, 2, 1, -0, 0].map((x) => x));
    const fit = await seedCentroids(rows, 1, 5, { seed: 1 });
    expect(fit.k).toBe(3);
    expect(fit.requestedK).toBe(5);
    expect(fit.inertia).toBe(0);
    expect([...fit.weights]).toEqual([3, 2, 2]);
  });

  it('copes with identical windows and with a single one', async () => {
    expect((await seedCentroids(new Float32Array(20).fill(3), 2, 4, { seed: 1 })).k).toBe(1);
    expect((await seedCentroids(Float32Array.of(1, 2), 2, 4, { seed: 1 })).k).toBe(1);
  });

  it('survives rows that are almost all duplicates', async () => {
    const rows = new Float32Array(400);
    rows.set([1, 2, 3, 4], 0);
    const fit = await seedCentroids(rows, 1, 4, { seed: 3 });
    expect(fit.k).toBe(4);
    expect(fit.centroids.every(Number.isFinite)).toBe(true);
  });

  it('starts on a sample and fits the winner to all rows', async () => {
    const rows = blobs(4000, centres, 4);
    const fit = await seedCentroids(rows, 2, 4, { seed: 1, starts: 3, sampleRows: 200 });
    expect([...fit.weights]).toEqual([1000, 1000, 1000, 1000]);
  });

  it('says in words when no row is usable or k makes no sense', async () => {
    await expect(seedCentroids(new Float32Array(4).fill(Number.NaN), 2, 2, { seed: 1 })).rejects.toThrow(
      /none of them finite/,
    );
    await expect(seedCentroids(new Float32Array(4), 2, 0, { seed: 1 })).rejects.toThrow(/`k`/);
  });
});

describe('refitCentroids', () => {
  it('keeps row j of the start in row j of the result', async () => {
    const rows = blobs(400, centres, 6);
    const start = Float32Array.from([5.5, 4.5, 0.5, 5.5, -0.5, 0, 4, 0]);
    const fit = await refitCentroids(rows, 2, start);
    expect([...fit.centroids].map(Math.round).map((x) => x + 0)).toEqual([5, 5, 0, 5, 0, 0, 5, 0]);
    expect(fit.converged).toBe(true);
  });

  it('reports a centroid that no row came to, and leaves it where it was', async () => {
    const fit = await refitCentroids(Float32Array.of(0, 1, 0, 1), 1, Float32Array.of(0, 1, 99));
    expect(fit.empty).toEqual([2]);
    expect(fit.centroids[2]).toBe(99);
  });

  it('refuses fewer usable rows than centroids, and centroids that are not finite', async () => {
    await expect(refitCentroids(Float32Array.of(1, Number.NaN), 1, Float32Array.of(0, 1))).rejects.toThrow(
      /got 1 of 2/,
    );
    await expect(refitCentroids(Float32Array.of(1), 1, Float32Array.of(Number.NaN))).rejects.toThrow(/must be finite/);
  });
});

describe('createClusterModel', () => {
  it('takes the mean inertia of the fit as the scale of confidences', async () => {
    const fit = await refitCentroids(Float32Array.of(0, 2, 10, 12), 1, Float32Array.of(0, 10));
    const model = createClusterModel('v3', fit, ['s4', 's2']);
    expect(model).toMatchObject({ modelVersion: 'v3', centroidEpoch: 0, k: 2, size: 1, meanInertia: 1 });
    expect(() => createClusterModel('v3', fit, ['s4', 's4'])).toThrow(/different segment ids/);
  });
});
