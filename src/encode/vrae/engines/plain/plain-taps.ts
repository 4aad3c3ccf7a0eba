import type { Taps } from '../../../cnn/taps.js';
import type { FloatArray } from '../../recurrent-engine.js';

/**
 * Lays out what each place looks at.
 *
 * @param series (rows, steps, channels)
 * @param columns (rows, places, kernel, channels), all written
 */
export function gatherTaps(taps: Taps, series: FloatArray, rows: number, columns: FloatArray): void {
  const { steps, places, channels, kernel, stride, before } = taps;
  const width = kernel * channels;
  for (let row = 0, at = 0; row < rows; row++) {
    const first = row * steps * channels;
    const end = first + steps * channels;
    for (let place = 0; place < places; place++, at += width) {
      const start = first + (place * stride - before) * channels;
      const lead = Math.min(width, Math.max(0, first - start));
      const stop = Math.max(lead, Math.min(width, end - start));
      for (let i = 0; i < lead; i++) columns[at + i] = 0;
      for (let i = lead; i < stop; i++) columns[at + i] = series[start + i]!;
      for (let i = stop; i < width; i++) columns[at + i] = 0;
    }
  }
}

/**
 * The way back of `gatherTaps`: adds each number to the cell that it came from.
 *
 * @param series (rows, steps, channels), written over
 */
export function scatterTaps(taps: Taps, columns: FloatArray, rows: number, series: FloatArray): void {
  const { steps, places, channels, kernel, stride, before } = taps;
  const width = kernel * channels;
  series.fill(0, 0, rows * steps * channels);
  for (let row = 0, at = 0; row < rows; row++) {
    const first = row * steps * channels;
    const end = first + steps * channels;
    for (let place = 0; place < places; place++, at += width) {
      const start = first + (place * stride - before) * channels;
      const stop = Math.min(width, end - start);
      for (let i = Math.max(0, first - start); i < stop; i++) series[start + i]! += columns[at + i]!;
    }
  }
}
