import { describe, expect, it } from 'vitest';
import { autocorrelation } from '../../src/numeric/autocorrelation.js';
import { linearTrend } from '../../src/numeric/linear-trend.js';
import { unitHash } from '../../src/numeric/unit-hash.js';

describe('autocorrelation', () => {
  it('is worked by hand at lag 1', () => {
    // Deviations from 2 are -1 0 1 0: products 0 0 0 at lag 1, and -1 against squares 1 and 1 at lag 2.
    expect(autocorrelation(Float64Array.of(1, 2, 3, 2), 1)).toBe(0);
    expect(autocorrelation(Float64Array.of(1, 2, 3, 2), 2)).toBe(-1);
  });

  it('is 1 at the period of what repeats exactly, and 0 for a constant or an empty series', () => {
    expect(autocorrelation(Float64Array.of(0, 5, 1, 0, 5, 1, 0, 5, 1), 3)).toBeCloseTo(1, 12);
    expect(autocorrelation(Float64Array.of(0.1, 0.1, 0.1), 1)).toBe(0);
    expect(autocorrelation(Float64Array.of(Number.NaN, Number.NaN), 1)).toBe(0);
  });

  it('leaves out cells that are not known', () => {
    const gap = Float64Array.of(0, 5, 1, 0, Number.NaN, 1, 0, 5, 1);
    expect(autocorrelation(gap, 3)).toBeCloseTo(1, 12);
  });
});

describe('linearTrend', () => {
  it('goes through points on a line, and flat through one', () => {
    expect(linearTrend(Float64Array.of(1, 3, Number.NaN, 7))).toEqual({ slope: 2, intercept: 1 });
    expect(linearTrend(Float64Array.of(Number.NaN, 4))).toEqual({ slope: 0, intercept: 4 });
    expect(linearTrend(new Float64Array(0))).toEqual({ slope: 0, intercept: 0 });
  });
});

describe('unitHash', () => {
  it('is uniform over texts, salts and seeds', () => {
    const bins = new Float64Array(20);
    const n = 40_000;
    for (let i = 0; i < n; i++) {
      const u = unitHash(`customer-${i % 2_000}`, 1_356_912_000_000 + 3_600_000 * Math.floor(i / 2_000), 7);
      expect(u > 0 && u < 1).toBe(true);
      bins[Math.floor(u * 20)]! += 1;
    }
    const chiSquared = bins.reduce((sum, count) => sum + (count - n / 20) ** 2 / (n / 20), 0);
    // 19 degrees of freedom: 43.8 is exceeded once in a thousand.
    expect(chiSquared).toBeLessThan(43.8);
  });

  it('is unrelated between neighbouring seeds and neighbouring texts', () => {
    let products = 0;
    const n = 20_000;
    for (let i = 0; i < n; i++) products += (unitHash(`c${i}`, 0, 1) - 0.5) * (unitHash(`c${i}`, 0, 2) - 0.5);
    for (let i = 0; i < n; i++) products += (unitHash(`c${i}`, 0, 1) - 0.5) * (unitHash(`c${i + 1}`, 0, 1) - 0.5);
    expect(Math.abs((products / (2 * n)) * 12)).toBeLessThan(0.02);
  });
});
