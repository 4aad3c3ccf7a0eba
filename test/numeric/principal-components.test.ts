import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { principalComponents } from '../../src/numeric/principal-components.js';
import { createRandom } from '../../src/numeric/random.js';

const ALL = { leastShare: 0, most: 100 };

describe('principalComponents', () => {
  it('finds those of a covariance by hand', async () => {
    // (1, 1) with 4 + 2, (-1, 1) with 4 - 2; of two equal sizes the first is made positive.
    const { count, vectors, variances } = await principalComponents([4, 2, 2, 4], 2, ALL);
    expect(count).toBe(2);
    expect([...variances]).toEqual([expect.closeTo(6, 12), expect.closeTo(2, 12)]);
    const half = Math.SQRT1_2;
    const wanted = [half, half, half, -half].map((x) => expect.closeTo(x, 12));
    expect([...vectors].map((x, i) => (i > 1 ? x * Math.sign(vectors[2]!) : x))).toEqual(wanted);
  });

  it('keeps those with a part of the variance, at most so many, and the first in any case', async () => {
    const diagonal = [1, 0, 0, 0, 7, 0, 0, 0, 2];
    const variances = async (leastShare: number, most: number): Promise<number[]> => [
      ...(await principalComponents(diagonal, 3, { leastShare, most })).variances,
    ];
    expect(await variances(0.1, 3)).toEqual([7, 2, 1]);
    expect(await variances(0.2, 3)).toEqual([7, 2]);
    expect(await variances(0.11, 1)).toEqual([7]);
    expect(await variances(0.9, 3)).toEqual([7]);
    const { vectors } = await principalComponents(diagonal, 3, ALL);
    expect([...vectors]).toEqual([0, 1, 0, 0, 0, 1, 1, 0, 0]);
  });

  it('finds none without variance, and leaves out those that are rounding', async () => {
    expect(await principalComponents(new Float64Array(9), 3, ALL)).toMatchObject({ count: 0 });
    expect((await principalComponents([1, 1, 1, 1 + 1e-9], 2, ALL)).count).toBe(1);
  });

  it('gives orthonormal vectors that rebuild the covariance, their largest component positive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.nat(), async (size, seed) => {
        const random = createRandom(seed);
        const rows = Array.from({ length: 3 * size }, () => Array.from({ length: size }, () => random.normal()));
        const covariance = Float64Array.from({ length: size * size }, (_, p) =>
          rows.reduce((sum, row) => sum + row[Math.floor(p / size)]! * row[p % size]!, 0),
        );
        const { count, vectors, variances } = await principalComponents(covariance, size, ALL);
        const at = (k: number, i: number): number => vectors[k * size + i]!;
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < size; j++) {
            let rebuilt = 0;
            let product = 0;
            for (let k = 0; k < count; k++) rebuilt += variances[k]! * at(k, i) * at(k, j);
            for (let k = 0; k < size; k++) if (i < count && j < count) product += at(i, k) * at(j, k);
            expect(Math.abs(rebuilt - covariance[i * size + j]!)).toBeLessThan(1e-4 * size);
            if (i < count && j < count) expect(product).toBeCloseTo(i === j ? 1 : 0, 9);
          }
        }
        for (let k = 0; k < count; k++) {
          const vector = [...vectors.subarray(k * size, (k + 1) * size)];
          expect(Math.max(...vector)).toBe(Math.max(...vector.map(Math.abs)));
          if (k > 0) expect(variances[k]!).toBeLessThanOrEqual(variances[k - 1]!);
        }
      }),
      { numRuns: 30, seed: 1 },
    );
  });
});
