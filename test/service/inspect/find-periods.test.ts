import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/numeric/random.js';
import { findPeriods } from '../../../src/service/inspect/find-periods.js';

/** Series of a wave with noise of deviation 1, each with a phase and a level of its own. */
function waves(period: number, height: number, { series = 20, steps = 200 } = {}): Float64Array[] {
  const random = createRandom(7);
  return Array.from({ length: series }, (_, s) =>
    Float64Array.from(
      { length: steps },
      (_, i) => 100 * s + height * Math.sin((2 * Math.PI * (i + s)) / period) + random.normal(),
    ),
  );
}

describe('findPeriods', () => {
  it.each([7, 12, 24, 50])('finds a period of %i steps in noise as strong as its wave', (period) => {
    const { periods } = findPeriods(waves(period, 1.4));
    // Four waves of the longest one leave its top a step to either side.
    expect(Math.abs(periods[0]!.steps - period)).toBeLessThanOrEqual(period === 50 ? 1 : 0);
    // Half of the variance is the wave's: 1.4² / 2 against 1.
    expect(periods[0]!.autocorrelation).toBeCloseTo(0.49, 1);
  });

  it('finds two periods of one series, the stronger one first', () => {
    const series = Float64Array.from(
      { length: 24 * 28 },
      (_, i) => Math.sin((2 * Math.PI * i) / 24) + 2 * (i % 168 < 120 ? 1 : -1),
    );
    expect(findPeriods([series]).periods.map(({ steps }) => steps)).toEqual(expect.arrayContaining([24, 168]));
    expect(findPeriods([series]).periods[0]!.steps).toBe(168);
  });

  it.each([
    ['noise', waves(10, 0)],
    ['a trend', [Float64Array.from({ length: 100 }, (_, i) => 3 * i)]],
    ['a step', [Float64Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : 1))]],
    ['constants', [new Float64Array(50).fill(4)]],
    ['no series', []],
    ['one step', [Float64Array.of(1)]],
  ])('finds none in %s', (_, series) => {
    expect(findPeriods(series).periods).toEqual([]);
  });

  it('takes autocorrelations as their definition does', () => {
    const [series] = waves(9, 2, { series: 1, steps: 40 });
    const { autocorrelation } = findPeriods([series!]);
    // The line of trend is taken off first; a lag's overlap is shorter, and its mean is over that.
    const n = 40;
    const middle = (n - 1) / 2;
    const mean = series!.reduce((sum, value) => sum + value, 0) / n;
    const slope =
      series!.reduce((sum, value, i) => sum + (i - middle) * value, 0) /
      series!.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
    const rest = series!.map((value, i) => value - mean - slope * (i - middle));
    const variance = rest.reduce((sum, value) => sum + value ** 2, 0) / n;
    expect(autocorrelation).toHaveLength(21);
    for (let lag = 0; lag < 21; lag++) {
      let sum = 0;
      for (let i = 0; i + lag < n; i++) sum += rest[i]! * rest[i + lag]!;
      expect(autocorrelation[lag]).toBeCloseTo(sum / (n - lag) / variance, 10);
    }
  });
});
