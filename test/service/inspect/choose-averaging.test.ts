import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/numeric/random.js';
import { chooseAveraging } from '../../../src/service/inspect/choose-averaging.js';
import { findPeriods } from '../../../src/service/inspect/find-periods.js';

describe('chooseAveraging', () => {
  it('misses by what the formula says, by hand', () => {
    // One neighbour on either side: 1 - 2 · 0.8 + (1 + 1 + 2 · 0.6) / 4 = 0.2.
    const found = chooseAveraging(Float64Array.of(1, 0.8, 0.6, 0.4), 3);
    expect(found.width).toBe(1);
    expect(found.error).toBeCloseTo(0.2, 12);
  });

  it('averages a slow curve under noise', () => {
    // Half of the variance is noise that no step shares with another.
    const slow = Float64Array.from({ length: 40 }, (_, lag) => (lag === 0 ? 1 : 0.5 * Math.cos(lag / 12)));
    const { width, error } = chooseAveraging(slow, 15);
    expect(width).toBeGreaterThanOrEqual(5);
    expect(error).toBeLessThan(0.7);
  });

  it('leaves a smooth curve, and noise, as they are', () => {
    const smooth = Float64Array.from({ length: 40 }, (_, lag) => 0.95 ** lag);
    expect(chooseAveraging(smooth, 15).width).toBe(1);
    const random = createRandom(3);
    const noise = Float64Array.from({ length: 2000 }, () => random.normal());
    expect(chooseAveraging(findPeriods([noise]).autocorrelation, 15)).toEqual({ width: 1, error: 1 });
  });

  it('has nothing to say of no lags', () => {
    expect(chooseAveraging(new Float64Array(0), 15)).toEqual({ width: 1, error: 1 });
  });
});
