import { describe, expect, it } from 'vitest';
import { membershipOf, refitCentroids } from '../../src/cluster/refit-centroids.js';
import { seedCentroids } from '../../src/cluster/seed-centroids.js';
import { settleCentroids } from '../../src/cluster/settle-centroids.js';
import { createRandom } from '../../src/numeric/random.js';

/** A square without groups: any two halves are about as good. */
function square(seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: 2 * 400 }, () => random.next());
}

function kept(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a, (j, i) => Number(j === b[i])).reduce((sum, same) => sum + same, 0) / a.length;
}

describe('settleCentroids', () => {
  it('leaves rows where they are, where other centroids are hardly better', async () => {
    const rows = square(1);
    const start = Float32Array.of(0.26, 0.47, 0.74, 0.53);
    const before = await settleCentroids(rows, 2, start, { anew: () => refitCentroids(rows, 2, start), tolerance: 1 });
    const settled = await settleCentroids(rows, 2, start, { anew: () => seedCentroids(rows, 2, 2, { seed: 1 }) });
    expect(kept(before.membership, settled.membership)).toBe(1);
    expect(settled.iterations).toBe(0);
    const converged = await refitCentroids(rows, 2, start);
    expect(kept(before.membership, converged.membership)).toBeLessThan(1);
  });

  it('fits anew where what the start grows into is stuck far off', async () => {
    // Three groups on a line; two centroids share the first, and one holds the two others.
    const random = createRandom(3);
    const rows = Float32Array.from({ length: 300 }, (_, i) => 10 * (i % 3) + 0.1 * random.normal());
    const start = Float32Array.of(-0.1, 0.1, 15);
    const anew = () => seedCentroids(rows, 1, 3, { seed: 1 });
    expect((await refitCentroids(rows, 1, start)).inertia).toBeGreaterThan(1000);
    expect((await settleCentroids(rows, 1, start, { anew })).inertia).toBeLessThan(10);
  });

  it('takes new starts only where they are better by as much elsewhere', async () => {
    const random = createRandom(3);
    const rows = Float32Array.from({ length: 300 }, (_, i) => 10 * (i % 3) + 0.1 * random.normal());
    const start = Float32Array.of(-0.1, 0.1, 15);
    const anew = () => seedCentroids(rows, 1, 3, { seed: 1 });
    const settle = (gain: number) => settleCentroids(rows, 1, start, { anew, gainElsewhere: async () => gain });
    expect((await settle(0.25)).inertia).toBeLessThan(10);
    expect((await settle(0.249)).inertia).toBeGreaterThan(1000);
  });

  it('takes further passes only where they are better by as much elsewhere', async () => {
    const rows = square(1);
    const start = Float32Array.of(0.5, 0.3, 0.5, 0.9);
    const anew = () => refitCentroids(rows, 2, start, { maxIterations: 1 });
    const settle = (gain: number) => settleCentroids(rows, 2, start, { anew, gainElsewhere: async () => gain });
    const nearest = membershipOf(rows, 2, start);
    expect((await settle(0.05)).inertia).toBeLessThan(0.95 * nearest.inertia);
    expect((await settle(0.049)).membership).toEqual(nearest.membership);
  });

  it('leaves no centroid without rows', async () => {
    const rows = Float32Array.of(0, 0.1, 5, 5.1);
    const anew = () => seedCentroids(rows, 1, 2, { seed: 1 });
    const fit = await settleCentroids(rows, 1, Float32Array.of(2, 900), { anew, tolerance: 1e9 });
    expect(fit.empty).toEqual([]);
  });
});
