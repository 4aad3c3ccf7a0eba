import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addToHistogram,
  countsByCuts,
  createHistogram,
  equalShareCuts,
  type Histogram,
  mergeHistograms,
  quantileOf,
} from '../../src/numeric/histogram.js';

function histogramOf(values: readonly number[]): Histogram {
  const histogram = createHistogram();
  for (const value of values) addToHistogram(histogram, value);
  return histogram;
}

describe('histogram', () => {
  it('keeps count, sum and sum of squares, and passes over what is not finite', () => {
    const { count, sum, sumSquares } = histogramOf([1, 2, -3, Number.NaN, Number.POSITIVE_INFINITY]);
    expect([count, sum, sumSquares]).toEqual([3, 0, 14]);
  });

  it('gives quantiles within an eighth of the value, over all magnitudes and both signs', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            exponent: fc.integer({ min: -15, max: 30 }),
            mantissa: fc.double({ min: 1, max: 1.999, noNaN: true }),
            sign: fc.constantFrom(-1, 1, 0),
          }),
          { minLength: 1, maxLength: 60 },
        ),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (draws, q) => {
          const values = draws.map(({ exponent, mantissa, sign }) => sign * mantissa * 2 ** exponent);
          const sorted = [...values].sort((a, b) => a - b);
          const exact = sorted[Math.max(0, Math.ceil(q * sorted.length - 1e-9) - 1)]!;
          expect(Math.abs(quantileOf(histogramOf(values), q) - exact)).toBeLessThanOrEqual(Math.abs(exact) / 8 + 1e-9);
        },
      ),
    );
  });

  it('merges to the histogram of all values', () => {
    const [a, b] = [
      [1, 5, 0, -2],
      [3, 3, 1e9],
    ];
    expect(mergeHistograms(histogramOf(a), histogramOf(b))).toEqual(histogramOf([...a, ...b]));
  });

  it('keeps tiny and huge values in its outermost bins', () => {
    const histogram = histogramOf([1e-300, 1e300, -1e-300]);
    expect(histogram.counts.reduce((x, y) => x + y)).toBe(3);
    expect(quantileOf(createHistogram(), 0.5)).toBeNaN();
  });
});

describe('equalShareCuts', () => {
  it('cuts an even spread into runs of about equal share', () => {
    const histogram = histogramOf(Array.from({ length: 10_000 }, (_, i) => 2 ** (i / 1_000)));
    const counts = countsByCuts(histogram, equalShareCuts(histogram, 10));
    expect(counts).toHaveLength(10);
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(200);
  });

  it('makes one run of a value that holds several shares, and never an empty one', () => {
    const histogram = histogramOf([...new Array<number>(60).fill(0), ...Array.from({ length: 40 }, (_, i) => 1 + i)]);
    const counts = countsByCuts(histogram, equalShareCuts(histogram, 10));
    expect(counts[0]).toBe(60);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(countsByCuts(histogramOf([5]), equalShareCuts(histogramOf([5]), 10))).toEqual(Float64Array.of(1));
  });
});
