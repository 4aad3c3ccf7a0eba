import { describe, expect, it } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import { toClusterPoints } from '../../src/cluster/cluster-points.js';
import { statistics } from '../../src/cluster/statistics.js';
import { update } from '../../src/cluster/update.js';
import { toDriftObservation } from '../../src/drift/drift-observation.js';
import { clusterModelOf, embeddingsOf } from './embeddings.js';

const model = clusterModelOf(
  [
    [1, 0],
    [0, 1],
  ],
  { distance: 'cosine', weights: Float64Array.of(1, 1) },
);

describe('clustering by direction', () => {
  it('does not see how long an embedding is; the distance is that of unit vectors', () => {
    const got = assign(
      model,
      embeddingsOf([
        [3, 4],
        [0.3, 0.4],
        [-7, 0],
        [0, 0],
      ]),
    );
    expect([...got.nearest]).toEqual([1, 1, 1, 0]);
    // √(2 - 2 cos φ) with cos φ = 4/5, and of 90 degrees; without a direction all are as far.
    expect(got.distances[0]).toBeCloseTo(Math.sqrt(0.4), 6);
    expect(got.distances[1]).toBe(got.distances[0]);
    expect(got.distances[2]).toBeCloseTo(Math.SQRT2, 6);
    expect([got.distances[3], got.margins[3]]).toEqual([1, 0]);
    expect(got.embeddings.embeddings[0]).toBe(3);
  });

  it('learns from directions, and keeps centroids at unit length', () => {
    const assignments = assign(model, embeddingsOf([[60, 80]]));
    const learnt = statistics(model, assignments);
    expect(learnt.sums[2]).toBeCloseTo(0.6, 6);
    const { centroids } = update(model, learnt);
    // The mean of (0, 1) and (0.6, 0.8) is (0.3, 0.9), of length √0.9.
    expect(centroids[2]).toBeCloseTo(0.3 / Math.sqrt(0.9), 6);
    expect(centroids[3]).toBeCloseTo(0.9 / Math.sqrt(0.9), 6);
    expect([...centroids.slice(0, 2)]).toEqual([1, 0]);
  });

  it('watches directions alone: embeddings that grow longer are no drift', () => {
    const [short, long] = [1, 50].map((length) =>
      toDriftObservation(assign(model, embeddingsOf([[0.6 * length, 0.8 * length]]))),
    );
    expect(short!.moments.sums[short!.moments.columns]).toBeCloseTo(0.6, 6);
    expect(long).toEqual(short);
  });

  it('is not asked for where nothing is said: points are the embeddings themselves', () => {
    const embeddings = embeddingsOf([[3, 4]]);
    expect(toClusterPoints(embeddings)).toBe(embeddings.embeddings);
    expect(assign(clusterModelOf([[0, 0]]), embeddings).points).toBe(embeddings.embeddings);
  });
});
