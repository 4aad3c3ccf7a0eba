import { describe, expect, it } from 'vitest';
import { prototypeTrend } from '../../src/cluster/prototype-trend.js';

describe('prototypeTrend', () => {
  it('is worked by hand for a curve that its line explains in part', () => {
    // Slope 0.4 over 2 3 4 3 with squared deviations of 2 from the mean: the line takes 0.4² · 5 = 0.8 of them away.
    const { change, explained } = prototypeTrend(Float64Array.of(2, 3, 4, 3), 3, undefined);
    expect(change).toBeCloseTo(1 / 3, 12);
    expect(explained).toBeCloseTo(0.4, 12);
  });

  it('explains little where two cycles differ at one step alone, though a line goes through any two means', () => {
    // One burst of 8 in the second of two cycles: means 1 and 2.
    const burst = Float64Array.from({ length: 16 }, (_, t) => (t === 12 ? 9 : 1));
    const { change, explained } = prototypeTrend(burst, 1.5, 8);
    expect(change).toBeGreaterThan(0.25);
    // Without the line 4² + 4² at that step; with a slope of 1 a cycle 3.5² · 2 there and 0.5² · 2 at seven others.
    expect(explained).toBeCloseTo(1 - (24.5 + 3.5) / 32, 12);
  });

  it('explains all of a growth over cycles that are alike, whatever their pattern', () => {
    const growing = Float64Array.from({ length: 14 }, (_, t) => (t % 7 === 6 ? 8 : 1) + (t >= 7 ? 2 : 0));
    expect(prototypeTrend(growing, 3, 7).explained).toBeCloseTo(1, 12);
    expect(prototypeTrend(new Float64Array(14).fill(3), 3, 7)).toEqual({ change: 0, explained: 0 });
  });
});
