import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centroidShift, centroidShifts } from '../../src/drift/centroid-shift.js';
import { createDriftDetector } from '../../src/drift/drift-detector.js';
import { histogramKolmogorovSmirnov, kolmogorovSmirnov, ksPValue } from '../../src/drift/kolmogorov-smirnov.js';
import { psi, psiTerms } from '../../src/drift/psi.js';
import { addToHistogram, createHistogram } from '../../src/numeric/histogram.js';
import { createRandom } from '../../src/numeric/random.js';
import { clusterModelOf } from '../cluster/embeddings.js';

const histogramOf = (values: Iterable<number>) => {
  const histogram = createHistogram();
  for (const value of values) addToHistogram(histogram, value);
  return histogram;
};

describe('psi', () => {
  it('is worked by hand: a half and a half against a quarter and three quarters', () => {
    // (1/2 - 1/4) ln 2 + (1/2 - 3/4) ln(2/3) = ln(3) / 4
    expect(psi(Float64Array.of(50, 50), Float64Array.of(25, 75), 0)).toBeCloseTo(Math.log(3) / 4, 12);
    const terms = psiTerms(Float64Array.of(50, 50), Float64Array.of(25, 75), 0);
    expect(terms[0]).toBeCloseTo(Math.log(2) / 4, 12);
  });

  it('smooths an empty bin by half a count', () => {
    // (10.5 / 21 - 0.5 / 21) ln 21 in one bin and (10.5 / 21 - 20.5 / 21) ln(10.5 / 20.5) in the other.
    const expected = (10 / 21) * Math.log(21) - (10 / 21) * Math.log(10.5 / 20.5);
    expect(psi(Float64Array.of(10, 10), Float64Array.of(0, 20))).toBeCloseTo(expected, 12);
  });

  it('is 0 for equal shares whatever the numbers, never negative and the same both ways', () => {
    expect(psi(Float64Array.of(10, 30), Float64Array.of(100, 300), 0)).toBe(0);
    expect(psi(Float64Array.of(0, 0), Float64Array.of(1, 2))).toBe(0);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { minLength: 2, maxLength: 8 }), (bins) => {
        const a = Float64Array.from(bins, ([x]) => x);
        const b = Float64Array.from(bins, ([, x]) => x);
        expect(psi(a, b)).toBeGreaterThanOrEqual(0);
        expect(psi(a, b)).toBeCloseTo(psi(b, a), 10);
      }),
    );
  });
});

describe('kolmogorovSmirnov', () => {
  it('is worked by hand, with ties', () => {
    expect(kolmogorovSmirnov(Float64Array.of(3, 1, 2), Float64Array.of(4, 3, 2)).statistic).toBeCloseTo(1 / 3, 12);
    expect(kolmogorovSmirnov(Float64Array.of(1, 1, 1, 2), Float64Array.of(1, 2, 2, 2)).statistic).toBe(0.5);
    expect(kolmogorovSmirnov(Float64Array.of(1, 2), Float64Array.of(3, 4)).statistic).toBe(1);
  });

  it('has the tabled critical values of Kolmogorov for large samples', () => {
    const n = 2e8;
    const root = Math.sqrt(n / 2);
    for (const [x, p] of [
      [1.224, 0.1],
      [1.358, 0.05],
      [1.628, 0.01],
      [1.949, 0.001],
    ] as const) {
      expect(ksPValue(x / root, n, n)).toBeCloseTo(p, 3);
    }
    expect(ksPValue(0, 10, 10)).toBe(1);
    expect(ksPValue(1, 1000, 1000)).toBeLessThan(1e-100);
  });

  it('rejects about as often as it says between samples of one distribution', () => {
    const random = createRandom(3);
    const sample = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.normal());
    let rejected = 0;
    for (let i = 0; i < 1_000; i++) if (kolmogorovSmirnov(sample(60), sample(90)).pValue < 0.05) rejected++;
    expect(rejected).toBeGreaterThan(25);
    expect(rejected).toBeLessThan(75);
  });

  it('over histograms is close to, and never above, that of the values', () => {
    const random = createRandom(4);
    for (const shift of [0, 0.2, 1]) {
      const a = Float64Array.from({ length: 2_000 }, () => random.normal() * 3);
      const b = Float64Array.from({ length: 1_000 }, () => random.normal() * 3 + shift);
      const exact = kolmogorovSmirnov(a, b).statistic;
      const sketched = histogramKolmogorovSmirnov(histogramOf(a), histogramOf(b)).statistic;
      expect(sketched).toBeLessThanOrEqual(exact + 1e-12);
      expect(sketched).toBeGreaterThan(exact - 0.03);
    }
    expect(histogramKolmogorovSmirnov(createHistogram(), histogramOf([1]))).toEqual({ statistic: 0, pValue: 1 });
  });
});

describe('centroidShift', () => {
  it('is the root mean square of moves in units of the spread', () => {
    const before = clusterModelOf(
      [
        [0, 0],
        [4, 4],
        [9, 9],
      ],
      { meanInertia: 4 },
    );
    const after = clusterModelOf([
      [3, 4],
      [4, 4],
      [9, 9],
    ]);
    expect([...centroidShifts(before, after)]).toEqual([2.5, 0, 0]);
    expect(centroidShift(before, after)).toBeCloseTo(2.5 / Math.sqrt(3), 12);
    expect(centroidShift(clusterModelOf([[0]], { meanInertia: 0 }), clusterModelOf([[2]]))).toBe(2);
  });
});

describe('createDriftDetector', () => {
  it('drifts from the threshold on until four fifths of it, and knows since when', () => {
    const detector = createDriftDetector(1);
    const seen = [0.9, 1, 0.85, 0.79, 0.85, 1.2].map((value, at) => detector.observe(value, at).since);
    expect(seen).toEqual([null, 1, 1, null, null, 5]);
  });

  it('does not start on a value that chance explains, nor on one that is not a number', () => {
    const detector = createDriftDetector(1);
    expect(detector.observe(5, 0, false).drifted).toBe(false);
    expect(detector.observe(Number.NaN, 1).drifted).toBe(false);
    expect(detector.observe(5, 2).drifted).toBe(true);
    expect(detector.observe(Number.NaN, 3).drifted).toBe(false);
  });

  it('goes on from a snapshot', () => {
    const detector = createDriftDetector(1);
    detector.observe(2, 7);
    expect(createDriftDetector(1, detector.snapshot()).observe(0.9, 8)).toEqual({
      statistic: 0.9,
      threshold: 1,
      drifted: true,
      since: 7,
    });
  });
});
