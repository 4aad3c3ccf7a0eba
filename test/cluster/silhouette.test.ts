import { describe, expect, it } from 'vitest';
import { NO_CENTROID } from '../../src/cluster/refit-centroids.js';
import { silhouette } from '../../src/cluster/silhouette.js';

describe('silhouette', () => {
  it('is worked by hand for two pairs on a line', () => {
    // 0, 1 | 10, 12. a = 1, 1, 2, 2; b = 11, 10, 9.5, 11.5.
    const expected = (10 / 11 + 9 / 10 + 7.5 / 9.5 + 9.5 / 11.5) / 4;
    expect(silhouette(Float32Array.of(0, 1, 10, 12), 1, Uint16Array.of(0, 0, 1, 1))).toBeCloseTo(expected, 12);
  });

  it('leaves out rows without a cluster, and is 0 where there is nothing to tell apart', () => {
    const membership = Uint16Array.of(0, 0, NO_CENTROID, 1, 1);
    expect(silhouette(Float32Array.of(0, 1, 500, 10, 12), 1, membership)).toBeGreaterThan(0.8);
    expect(silhouette(Float32Array.of(0, 1), 1, Uint16Array.of(0, 0))).toBe(0);
    expect(silhouette(Float32Array.of(3, 3, 3), 1, Uint16Array.of(0, 0, 1))).toBe(0);
    expect(silhouette(new Float32Array(0), 1, new Uint16Array(0))).toBe(0);
  });

  it('of a seeded sample is the same each time and near that of all', () => {
    const n = 3_000;
    const rows = Float32Array.from({ length: n }, (_, i) => (i % 3) * 10 + Math.sin(i * 12.9898) * 2);
    const membership = Uint16Array.from({ length: n }, (_, i) => i % 3);
    const sampled = silhouette(rows, 1, membership, { sample: 300, seed: 2 });
    expect(silhouette(rows, 1, membership, { sample: 300, seed: 2 })).toBe(sampled);
    expect(Math.abs(sampled - silhouette(rows, 1, membership, { sample: n }))).toBeLessThan(0.02);
  });
});
