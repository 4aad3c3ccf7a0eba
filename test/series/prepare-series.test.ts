import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../src/errors.js';
import { fitScale } from '../../src/series/fitted-scale.js';
import { prepareSeries } from '../../src/series/prepare-series.js';
import { restoreValues } from '../../src/series/restore-values.js';
import { resolveSeries, type SeriesOptions } from '../../src/series/series-settings.js';
import type { WindowBatch } from '../../src/window/window-batch.js';
import { toWindowBatch } from './window-batch.js';

function prepareOwn(options: SeriesOptions, windows: WindowBatch) {
  return prepareSeries(
    resolveSeries({ scope: 'own', ...options }, windows.steps, windows.channels),
    undefined,
    windows,
  );
}

describe('prepareSeries', () => {
  it('scales each window and channel by its own maximum', () => {
    const windows = toWindowBatch(3, 2, [1, 40, 2, 0, 4, 20, 10, 0, 0, 0, 5, 0]);
    const series = prepareOwn({ transform: 'none', scale: 'max' }, windows);
    expect([...series.values]).toEqual([0.25, 1, 0.5, 0, 1, 0.5, 1, 0, 0, 0, 0.5, 0]);
    expect([...series.scales]).toEqual([4, 40, 10, 1]);
    expect([...series.centers]).toEqual([0, 0, 0, 0]);
    expect([...series.inactive]).toEqual([0, 0]);
    expect(series.windows).toBe(windows);
  });

  it('takes the logarithm before the z-score', () => {
    const series = prepareOwn({ scale: 'zscore' }, toWindowBatch(2, 1, [0, Math.E ** 2 - 1]));
    expect([...series.values]).toEqual([-1, 1]);
    expect(series.centers[0]).toBeCloseTo(1, 6);
    expect(series.scales[0]).toBeCloseTo(1, 6);
  });

  it('counts known zeros, and leaves gaps at 0 and out of the scale', () => {
    const windows = toWindowBatch(4, 1, [99, 0, 2, 4], [3, 1, 0, 0]);
    const series = prepareOwn({ transform: 'none', scale: 'zscore' }, windows);
    expect([...series.mask]).toEqual([3, 0, 0, 0]);
    expect(series.centers[0]).toBe(2);
    expect(series.values[0]).toBe(0);
    expect(series.values[2]).toBe(0);
    expect(series.values[3]).toBeCloseTo(Math.sqrt(1.5), 6);
  });

  it('fills before it smooths, and smooths before it resamples', () => {
    const windows = toWindowBatch(4, 1, [0, 6, 0, 12], [2, 0, 2, 0]);
    const options = { fill: 'linear', smooth: 'average', resample: 'truncate', length: 2, transform: 'none' } as const;
    const series = prepareOwn({ ...options, scale: 'none' }, windows);
    expect([...series.values]).toEqual([9, 10.5]); // of 6, 6, 9, 12
    expect([...series.mask]).toEqual([0, 0]);
  });

  it('keeps the mask of what no fill can know', () => {
    const windows = toWindowBatch(2, 2, [5, 0, 5, 0], [0, 2, 0, 3]);
    expect([...prepareOwn({ fill: 'hold', scale: 'max' }, windows).mask]).toEqual([0, 2, 0, 3]);
  });

  it('forgets the mask of the window before', () => {
    const windows = toWindowBatch(2, 1, [0, 5, 3, 4], [2, 0, 0, 0]);
    const series = prepareOwn({ transform: 'none', scale: 'none' }, windows);
    expect([...series.mask]).toEqual([2, 0, 0, 0]);
    expect([...series.values]).toEqual([0, 5, 3, 4]);
  });

  it('uses the fitted scale of each channel under a global scope', () => {
    const windows = toWindowBatch(2, 2, [1, 10, 3, 30]);
    const settings = resolveSeries({ transform: 'none', scale: 'zscore' }, 2, 2);
    const series = prepareSeries(settings, { centers: [1, 20], scales: [2, 10] }, windows);
    expect([...series.values]).toEqual([0, -1, 1, 1]);
    expect([...series.centers]).toEqual([1, 20]);
    expect([...series.scales]).toEqual([2, 10]);
  });

  it('refuses a global scope without a scale that fits', () => {
    const settings = resolveSeries({}, 2, 2);
    const windows = toWindowBatch(2, 2, [1, 10, 3, 30]);
    expect(() => prepareSeries(settings, undefined, windows)).toThrow(SegtideError);
    expect(() => prepareSeries(settings, { centers: [1], scales: [1] }, windows)).toThrow(/2 channels, got one of 1/);
  });

  it('refuses windows of another shape', () => {
    expect(() => prepareSeries(resolveSeries({}, 3, 1), undefined, toWindowBatch(2, 1, [1, 2]))).toThrow(
      /windows of 3 steps and 1 channels, got 2 steps/,
    );
  });

  it('takes no windows', () => {
    expect(prepareOwn({}, toWindowBatch(4, 1, [])).values).toHaveLength(0);
  });

  it('keeps an all-zero window zero under every scale, and says so', () => {
    const windows = toWindowBatch(3, 1, [0, 0, 7, 0, 0, 0, 5, 0, 1], [1, 0, 2, 3, 2, 2, 0, 1, 0]);
    for (const scale of ['none', 'max', 'zscore', 'robust', 'minmax'] as const) {
      for (const scope of ['own', 'global'] as const) {
        const settings = resolveSeries({ scale, scope }, 3, 1);
        const series = prepareSeries(settings, { centers: [4], scales: [0.5] }, windows);
        expect([...series.inactive]).toEqual([1, 1, 0]);
        expect([...series.values.subarray(0, 6)]).toEqual([0, 0, 0, 0, 0, 0]);
        expect([...series.centers.subarray(0, 2)]).toEqual([0, 0]);
        expect([...series.scales.subarray(0, 2)]).toEqual([1, 1]);
        expect([...series.mask]).toEqual([0, 0, 2, 3, 2, 2, 0, 0, 0]);
      }
    }
  });

  it('takes a sum beyond float32 as its largest value, so that the rest stays finite', () => {
    const windows = toWindowBatch(3, 1, [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1]);
    for (const scale of ['none', 'max', 'zscore', 'robust', 'minmax'] as const) {
      expect(prepareOwn({ scale }, windows).values.every(Number.isFinite)).toBe(true);
    }
  });
});

const cell = fc.record({
  value: fc.oneof(fc.constant(0), fc.float({ noNaN: true, noDefaultInfinity: true, min: 0, max: Math.fround(1e6) })),
  mask: fc.constantFrom(0, 0, 0, 1, 2, 3),
});
const options: fc.Arbitrary<SeriesOptions> = fc.record({
  fill: fc.constantFrom('zero', 'hold', 'linear', 'mask'),
  smooth: fc.constantFrom('none', 'average', 'median'),
  resample: fc.constantFrom('interpolate', 'average', 'truncate'),
  length: fc.integer({ min: 2, max: 6 }),
  transform: fc.constantFrom('none', 'log1p'),
  scale: fc.constantFrom('none', 'max', 'zscore', 'robust', 'minmax'),
  scope: fc.constantFrom('own', 'global'),
});
const shape = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 6, max: 9 }), fc.integer({ min: 1, max: 3 }))
  .chain(([length, steps, channels]) => {
    const size = length * steps * channels;
    return fc.record({
      steps: fc.constant(steps),
      channels: fc.constant(channels),
      cells: fc.array(cell, { minLength: size, maxLength: size }),
    });
  });

/** Windows with what is under a mask as it should be: anything. */
function toWindows(of: { steps: number; channels: number; cells: { value: number; mask: number }[] }): WindowBatch {
  return toWindowBatch(
    of.steps,
    of.channels,
    of.cells.map((one) => one.value),
    of.cells.map((one) => one.mask),
  );
}

describe('prepareSeries, for any windows and options', () => {
  const run = (check: (windows: WindowBatch, options: SeriesOptions) => void) =>
    fc.assert(
      fc.property(shape, options, (of, chosen) => check(toWindows(of), chosen)),
      { numRuns: 400 },
    );

  it('does not depend on how windows were cut into batches, and does not change them', () => {
    run((windows, chosen) => {
      const settings = resolveSeries(chosen, windows.steps, windows.channels);
      const before = [[...windows.values], [...windows.mask]];
      const scale = fitScale(settings, [windows]);
      const whole = prepareSeries(settings, scale, windows);
      expect([[...windows.values], [...windows.mask]]).toEqual(before);
      const size = windows.steps * windows.channels;
      for (let i = 0; i < windows.length; i++) {
        const [from, to] = [i * size, (i + 1) * size];
        const one = toWindowBatch(
          windows.steps,
          windows.channels,
          windows.values.subarray(from, to),
          windows.mask.subarray(from, to),
        );
        const alone = prepareSeries(settings, scale, one);
        const cells = settings.steps * settings.channels;
        expect(alone.values).toEqual(whole.values.slice(i * cells, (i + 1) * cells));
        expect(alone.mask).toEqual(whole.mask.slice(i * cells, (i + 1) * cells));
        expect(alone.inactive[0]).toBe(whole.inactive[i]);
        expect(alone.centers).toEqual(whole.centers.slice(i * windows.channels, (i + 1) * windows.channels));
      }
    });
  });

  it('gives finite values, zeros under the mask and zeros for inactive windows', () => {
    run((windows, chosen) => {
      const settings = resolveSeries(chosen, windows.steps, windows.channels);
      const series = prepareSeries(settings, fitScale(settings, [windows]), windows);
      const size = windows.steps * windows.channels;
      for (let i = 0; i < series.values.length; i++) {
        const window = Math.floor(i / (series.steps * series.channels));
        expect(Number.isFinite(series.values[i])).toBe(true);
        if (series.mask[i] !== 0 || series.inactive[window] === 1) expect(series.values[i]).toBe(0);
      }
      for (let window = 0; window < windows.length; window++) {
        let active = false;
        for (let i = window * size; i < (window + 1) * size; i++) {
          if (windows.mask[i] === 0 && windows.values[i] !== 0) active = true;
        }
        expect(series.inactive[window]).toBe(active ? 0 : 1);
      }
    });
  });

  it('scales usage by its own maximum into [0, 1], and reaches 1', () => {
    run((windows, chosen) => {
      const series = prepareOwn({ ...chosen, scale: 'max', scope: 'own' }, windows);
      for (const value of series.values) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    });
  });

  it('is undone by restoreValues up to the rounding of float32', () => {
    run((windows, chosen) => {
      const settings = resolveSeries(chosen, windows.steps, windows.channels);
      const series = prepareSeries(settings, fitScale(settings, [windows]), windows);
      const plain = prepareOwn({ ...chosen, transform: 'none', scale: 'none' }, windows);
      const restored = restoreValues(settings, series.values, series.centers, series.scales);
      const most = windows.values.reduce((a, b) => Math.max(a, b), 0);
      restored.forEach((value, i) => {
        if (series.mask[i] === 0) expect(Math.abs(value - plain.values[i]!)).toBeLessThanOrEqual(1e-5 * most + 1e-7);
      });
    });
  });
});
