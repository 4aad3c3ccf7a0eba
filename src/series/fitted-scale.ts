import type { WindowBatch } from '../window/window-batch.js';
import { measureScale } from './measure-scale.js';
import { createSample } from './sample.js';
import type { SeriesSettings } from './series-settings.js';
import { shapeWindows } from './shape-windows.js';

/** Centers and scales of `scope: global`, fitted once and kept in the model. Plain data; the numbers are float32. */
export interface FittedScale {
  readonly centers: readonly number[]; // (channels)
  readonly scales: readonly number[]; // (channels)
}

/**
 * Fits one center and scale per channel over the known cells of all windows with any usage, filled, smoothed, resampled
 * and transformed as `prepareSeries` will do. Inactive windows are left out: many idle customers would otherwise make
 * the scale a measure of how many there are. Without active windows centers are 0 and scales 1.
 *
 * Takes some 10 bytes per cell while it runs.
 *
 * @throws SegtideError `config` when windows have another shape than the settings.
 */
export function fitScale(settings: SeriesSettings, batches: readonly WindowBatch[]): FittedScale {
  const { channels, steps } = settings;
  const size = steps * channels;
  const shaped = batches.map((batch) => shapeWindows(settings, batch));
  const known = createSample(batches.reduce((sum, batch) => sum + batch.length * steps, 0));
  const room = new Float32Array(known.values.length);
  const centers = new Float32Array(channels);
  const scales = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    known.count = 0;
    for (const { values, mask, inactive } of shaped) {
      for (let i = channel; i < values.length; i += channels) {
        if (mask[i] === 0 && inactive[Math.floor(i / size)] === 0) known.values[known.count++] = values[i]!;
      }
    }
    measureScale(settings.scale, known, room, centers, scales, channel);
  }
  return { centers: [...centers], scales: [...scales] };
}
