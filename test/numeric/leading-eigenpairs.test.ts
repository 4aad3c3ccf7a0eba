import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eigenpairs } from '../../src/numeric/eigenpairs.js';
import { leadingEigenpairs } from '../../src/numeric/leading-eigenpairs.js';
import { createRandom } from '../../src/numeric/random.js';

const SIZE = 90;
const MOST = 6;

/** A symmetric matrix of given eigenvalues, on axes that reflections turn out of those of the coordinates. */
function withEigenvalues(values: readonly number[], seed: number): Float64Array {
  const size = values.length;
  const random = createRandom(seed);
  let matrix = Float64Array.from({ length: size * size }, (_, p) =>
    p % (size + 1) === 0 ? values[p / (size + 1)]! : 0,
  );
  for (let turn = 0; turn < 2; turn++) {
    const axis = Array.from({ length: size }, () => random.normal());
    const squares = axis.reduce((sum, x) => sum + x * x, 0);
    const reflect = (at: (m: number) => number): number[] => {
      let dot = 0;
      for (let m = 0; m < size; m++) dot += axis[m]! * at(m);
      return axis.map((x, m) => at(m) - (2 * dot * x) / squares);
    };
    for (const stride of [1, size]) {
      const before = matrix;
      matrix = new Float64Array(size * size);
      for (let i = 0; i < size; i++) {
        const start = stride === 1 ? i * size : i;
        for (const [m, x] of reflect((m) => before[start + m * stride]!).entries()) matrix[start + m * stride] = x;
      }
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) matrix[j * size + i] = matrix[i * size + j]!;
  return matrix;
}

describe('leadingEigenpairs', () => {
  it('finds what the whole decomposition does, equal eigenvalues and a lack of rank included', async () => {
    const falling = fc.record({
      ratio: fc.double({ min: 0.3, max: 0.85, noNaN: true }),
      equal: fc.integer({ min: 1, max: 10 }),
      rank: fc.integer({ min: 1, max: SIZE }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(falling, async ({ ratio, equal, rank, seed }) => {
        const wanted = Array.from({ length: SIZE }, (_, i) => (i < rank ? 7 * ratio ** Math.floor(i / equal) : 0));
        const matrix = withEigenvalues(wanted, seed);
        const whole = await eigenpairs(matrix, SIZE);
        const found = await leadingEigenpairs(matrix, SIZE, MOST, () => MOST);
        // Where it gives up the whole decomposition is taken; it must not where eigenvalues fall.
        if (found === undefined) expect(equal).toBeGreaterThan(2);
        for (let k = 0; found !== undefined && k < MOST; k++) {
          expect(found.values[k]!).toBeCloseTo(whole.values[k]!, 10);
          const vector = found.vectors.subarray(k * SIZE, (k + 1) * SIZE);
          // Among vectors of equal eigenvalues any basis will do: all of the vector must lie in what they span.
          let within = 0;
          for (let j = 0; j < SIZE; j++) {
            if (Math.abs(whole.values[j]! - found.values[k]!) > 1e-6) continue;
            within += vector.reduce((sum, x, m) => sum + x * whole.vectors[j * SIZE + m]!, 0) ** 2;
          }
          expect(within).toBeCloseTo(1, 10);
          for (let j = 0; j <= k; j++) {
            const dot = vector.reduce((sum, x, m) => sum + x * found.vectors[j * SIZE + m]!, 0);
            expect(dot).toBeCloseTo(j === k ? 1 : 0, 10);
          }
        }
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('leaves to the whole decomposition what is small, flat or nothing', async () => {
    const all = (): number => MOST;
    expect(await leadingEigenpairs(Float64Array.of(1), 1, MOST, all)).toBeUndefined();
    expect(await leadingEigenpairs(new Float64Array(SIZE * SIZE), SIZE, MOST, all)).toBeUndefined();
    const flat = withEigenvalues(
      Array.from({ length: SIZE }, (_, i) => 1 - i / 1000),
      1,
    );
    expect(await leadingEigenpairs(flat, SIZE, MOST, all)).toBeUndefined();
  });

  it('is the same every time', async () => {
    const matrix = withEigenvalues(
      Array.from({ length: SIZE }, (_, i) => 0.7 ** i),
      3,
    );
    const find = () => leadingEigenpairs(matrix, SIZE, MOST, () => MOST);
    expect(await find()).toEqual(await find());
  });
});
