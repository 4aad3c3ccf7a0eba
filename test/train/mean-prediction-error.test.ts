import { describe, expect, it } from 'vitest';
import type { SeriesBatch } from '../../src/series/series-batch.js';
import { meanPredictionError } from '../../src/train/mean-prediction-error.js';
import { MASK_MISSING } from '../../src/window/window-batch.js';

describe('meanPredictionError', () => {
  it('takes the mean of each channel in the known rows, and the error of informative cells in the others', () => {
    // Two steps of two channels, whose means in rows 0 and 1 are 2 and 10.
    const series = batch([
      [1, 10, 3, 10],
      [2, 10, 2, 10],
      [2, 13, 2, 10], // 9 / 4
      [5, 0, 2, 10], // one cell unknown: 9 / 3
    ]);
    series.mask[3 * 4 + 1] = MASK_MISSING;
    expect(meanPredictionError(series, Uint32Array.of(0, 1), Uint32Array.of(2, 3))).toBeCloseTo(
      (9 / 4 + 9 / 3) / 2,
      12,
    );
  });

  it('is 0 of no rows', () => {
    expect(meanPredictionError(batch([[1, 2, 3, 4]]), Uint32Array.of(0), new Uint32Array(0))).toBe(0);
  });
});

function batch(rows: readonly number[][]) {
  const values = Float32Array.from(rows.flat());
  const mask = new Uint8Array(values.length);
  return { length: rows.length, steps: 2, channels: 2, values, mask } as SeriesBatch & { readonly mask: Uint8Array };
}
