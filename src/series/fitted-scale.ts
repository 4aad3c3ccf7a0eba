import { SegtideError } from '../errors.js';
import type { WindowBatch } from '../window/window-batch.js';
import { measureScale } from './measure-scale.js';
import { createSample, type Sample } from './sample.js';
import type { SeriesSettings } from './series-settings.js';
import { createSeriesShaper } from './series-shaper.js';

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
 * Takes 4 bytes per cell while it runs.
 *
 * @throws SegtideError `config` when windows have another shape than the settings.
 */
export function fitScale(settings: SeriesSettings, batches: readonly WindowBatch[]): FittedScale {
  const { channels, steps, scale } = settings;
  const windows = batches.reduce((sum, batch) => sum + batch.length, 0);
  const shaper = createSeriesShaper(settings);
  const known = Array.from({ length: channels }, () => createSample(windows * steps));
  for (const sample of known) sample.count = 0;
  for (const batch of batches) {
    checkShape(settings, batch);
    for (let window = 0; window < batch.length; window++) {
      const before = known.map((sample) => sample.count);
      let active = false;
      for (let channel = 0; channel < channels; channel++) {
        shaper.shape(batch, window, channel);
        active ||= shaper.active;
        append(known[channel]!, shaper.known);
      }
      if (!active)
        known.forEach((sample, channel) => {
          sample.count = before[channel]!;
        });
    }
  }
  const centers = new Float32Array(channels);
  const scales = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const sample = known[channel]!;
    measureScale(scale, sample, sample.values, centers, scales, channel);
  }
  return { centers: [...centers], scales: [...scales] };
}

function append(sample: Sample, more: Sample): void {
  for (let i = 0; i < more.count; i++) sample.values[sample.count++] = more.values[i]!;
}

/** @throws SegtideError `config` when windows have another shape than the settings. */
export function checkShape(settings: SeriesSettings, batch: WindowBatch): void {
  if (batch.steps === settings.windowSteps && batch.channels === settings.channels) return;
  throw new SegtideError(
    'config',
    `series: prepared for windows of ${settings.windowSteps} steps and ${settings.channels} channels, got ` +
      `${batch.steps} steps and ${batch.channels} channels: resolve the options with the windower's own shape`,
  );
}
