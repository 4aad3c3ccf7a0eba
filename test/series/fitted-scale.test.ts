import { describe, expect, it } from 'vitest';
import { fitScale } from '../../src/series/fitted-scale.js';
import { resolveSeries, type Scale } from '../../src/series/series-settings.js';
import { toWindowBatch } from './window-batch.js';

describe('fitScale', () => {
  const batches = [toWindowBatch(2, 1, [2, 4, 4, 4]), toWindowBatch(2, 1, [5, 5, 7, 9])];
  const fitted = (scale: Scale) => fitScale(resolveSeries({ scale, transform: 'none' }, 2, 1), batches);

  it('measures over all windows of all batches', () => {
    expect(fitted('none')).toEqual({ centers: [0], scales: [1] });
    expect(fitted('max')).toEqual({ centers: [0], scales: [9] });
    expect(fitted('minmax')).toEqual({ centers: [2], scales: [7] });
    expect(fitted('zscore')).toEqual({ centers: [5], scales: [2] });
    expect(fitted('robust')).toEqual({ centers: [4.5], scales: [1.5] });
  });

  it('measures each channel by itself, after the transform', () => {
    const e = Math.E;
    const scale = fitScale(resolveSeries({ scale: 'minmax' }, 2, 2), [toWindowBatch(2, 2, [0, e - 1, e ** 2 - 1, 0])]);
    expect(scale.centers).toEqual([0, 0]);
    expect(scale.scales[0]).toBeCloseTo(2, 6);
    expect(scale.scales[1]).toBeCloseTo(1, 6);
  });

  it('leaves out inactive windows and masked cells, and counts known zeros', () => {
    const windows = toWindowBatch(3, 1, [0, 0, 0, 99, 0, 6], [1, 1, 2, 3, 1, 0]);
    expect(fitScale(resolveSeries({ scale: 'zscore', transform: 'none' }, 3, 1), [windows])).toEqual({
      centers: [3],
      scales: [3],
    });
  });

  it('counts the zeros of a channel whose window is active in another', () => {
    const windows = toWindowBatch(2, 2, [4, 0, 4, 0, 0, 0, 0, 0]);
    const scale = fitScale(resolveSeries({ scale: 'zscore', transform: 'none' }, 2, 2), [windows]);
    expect(scale).toEqual({ centers: [4, 0], scales: [1, 1] });
  });

  it('has an answer without active windows', () => {
    expect(fitScale(resolveSeries({}, 2, 1), [toWindowBatch(2, 1, [0, 0])])).toEqual({ centers: [0], scales: [1] });
    expect(fitScale(resolveSeries({}, 2, 1), [])).toEqual({ centers: [0], scales: [1] });
  });
});
