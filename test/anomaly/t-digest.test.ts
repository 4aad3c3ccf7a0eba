import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_DIGEST, mergeDigests, quantileOf, shareAbove, toDigest, weightOf } from '../../src/anomaly/t-digest.js';
import { createRandom } from '../../src/numeric/random.js';

describe('a t-digest', () => {
  it('tells the quantiles of a small sample as they lie between its values', () => {
    const digest = toDigest([4, 1, 3, 2]);
    expect([0, 0.125, 0.25, 0.5, 0.875, 1].map((q) => quantileOf(digest, q))).toEqual([1, 1, 1.5, 2.5, 4, 4]);
    expect([0, 1, 2.5, 4, 5].map((value) => shareAbove(digest, value))).toEqual([1, 0.875, 0.5, 0, 0]);
  });

  it('knows nothing of nothing, and leaves out what is not finite', () => {
    expect(quantileOf(EMPTY_DIGEST, 0.5)).toBeNaN();
    expect(weightOf(toDigest([1, Number.NaN, Number.POSITIVE_INFINITY]))).toBe(1);
  });

  it('is small, and right to a thousandth of the rank at its ends, merged or not', () => {
    const random = createRandom(3);
    const values = Float64Array.from({ length: 20_000 }, () => random.normal());
    const parts = [0, 1, 2, 3].map((i) => toDigest(values.subarray(i * 5000, (i + 1) * 5000)));
    const sorted = values.slice().sort();
    for (const digest of [toDigest(values), parts.reduce(mergeDigests)]) {
      expect(digest.means.length).toBeLessThan(150);
      expect(weightOf(digest)).toBe(20_000);
      for (const q of [0.001, 0.01, 0.5, 0.99, 0.999]) {
        const rank = sorted.findIndex((value) => value > quantileOf(digest, q)) / 20_000;
        expect(Math.abs(rank - q)).toBeLessThan(q === 0.5 ? 0.01 : 0.001);
      }
    }
  });

  it('counts every value once in any merging', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }))), (samples) => {
        const merged = samples.map(toDigest).reduce(mergeDigests, EMPTY_DIGEST);
        expect(weightOf(merged)).toBe(samples.flat().length);
        expect(Array.from(merged.means)).toEqual(Array.from(merged.means).sort((a, b) => a - b));
      }),
    );
  });
});
