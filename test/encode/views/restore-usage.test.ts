import { describe, expect, it } from 'vitest';
import { restoreUsage } from '../../../src/encode/views/restore-usage.js';
import { toUsageScale, type UsageScale } from '../../../src/encode/views/usage-scale.js';
import { fitScale } from '../../../src/series/fitted-scale.js';
import { prepareSeries } from '../../../src/series/prepare-series.js';
import { resolveSeries } from '../../../src/series/series-settings.js';
import { toWindowBatch } from '../../series/window-batch.js';

const PLAIN = { centers: [0], scales: [1], log: false };

function restore(values: number[], mask: number[], scale: UsageScale | undefined = PLAIN, channels = 1): number[] {
  const out = new Float32Array(values.length).fill(Number.NaN);
  const shape = { steps: values.length / channels, channels };
  restoreUsage(scale, shape, Float32Array.from(values), Uint8Array.from(mask), 1, out);
  return [...out];
}

describe('restoreUsage', () => {
  it('undoes scale and log1p, of either sign', () => {
    const scale = { centers: [1], scales: [2], log: true };
    const restored = restore([0.5, -1], [0, 0], scale);
    expect(restored).toEqual([expect.closeTo(Math.expm1(2), 5), expect.closeTo(-Math.expm1(1), 5)]);
    expect(restore([0.5, -1], [0, 0], { ...scale, log: false })).toEqual([2, -1]);
    expect(restore([0.5, -1], [0, 0], undefined)).toEqual([0.5, -1]);
  });

  it('fills gaps along lines, and holds the edges, channel by channel', () => {
    expect(restore([0, 2, 0, 0, 8, 0], [2, 0, 3, 2, 0, 3])).toEqual([2, 2, 4, 6, 8, 8]);
    // The first channel is 1, a gap, 5; the second has nothing known.
    expect(restore([1, 0, 0, 0, 5, 0], [0, 2, 2, 2, 0, 3], { ...PLAIN, centers: [0, 7], scales: [1, 1] }, 2)).toEqual([
      1, 0, 3, 0, 5, 0,
    ]);
  });

  it('gives no usage where no prepared value differs from zero, and nothing beyond single precision', () => {
    expect(restore([0, 0], [0, 0], { centers: [3], scales: [2], log: true })).toEqual([0, 0]);
    const most = 2 ** 128 - 2 ** 104;
    expect(restore([3e38, -3e38], [0, 0])).toEqual([Math.fround(3e38), -Math.fround(3e38)]);
    expect(restore([3e38, -3e38], [0, 0], { centers: [1], scales: [2], log: true })).toEqual([most, -most]);
  });
});

describe('toUsageScale', () => {
  const values = [0, 3, 22_000, 1, 0, 0, 7, 0, 0, 0, 0, 0];

  it.each([
    { scale: 'zscore' },
    { scale: 'robust' },
    { scale: 'max' },
    { scale: 'none' },
    { scale: 'zscore', transform: 'none' },
    { scale: 'minmax', transform: 'none' },
  ] as const)('takes prepared windows back, zeros to exactly zero: %j', (options) => {
    const settings = resolveSeries(options, 4, 1);
    const windows = toWindowBatch(4, 1, values);
    const fitted = fitScale(settings, [windows]);
    const series = prepareSeries(settings, fitted, windows);
    const usage = new Float32Array(values.length);
    restoreUsage(toUsageScale(settings, fitted), series, series.values, series.mask, 3, usage);
    values.forEach((value, i) => {
      if (value === 0) expect(usage[i]).toBe(0);
      else expect(usage[i]! / value).toBeCloseTo(1, 4);
    });
  });

  it('has none for windows that are scaled by themselves', () => {
    expect(toUsageScale(resolveSeries({ scope: 'own' }, 4, 1), undefined)).toBeUndefined();
    expect(toUsageScale(resolveSeries({ scope: 'own', scale: 'none' }, 4, 1), undefined)).toMatchObject({ log: true });
  });
});
