import { SegtideError } from '../errors.js';
import type { WindowBatch } from '../window/window-batch.js';
import { checkShape, type FittedScale } from './fitted-scale.js';
import { measureScale } from './measure-scale.js';
import type { SeriesBatch } from './series-batch.js';
import type { SeriesSettings } from './series-settings.js';
import { createSeriesShaper, type SeriesShaper } from './series-shaper.js';

/**
 * Makes windows ready for an encoder: fill, smooth, resample, transform, scale, in this order.
 *
 * Each row depends on its own window, the settings and the fitted scale alone, so the result does not depend on how
 * windows were cut into batches. `windows` is not changed; the buffers of the result are its own. Masked cells are 0.
 * A window without any value but zero is `inactive`: its values are 0, centers 0 and scales 1, also under a global scale.
 *
 * @param scale what `fitScale` gave; needed by `scope: global`, ignored by `scope: own`
 * @throws SegtideError `config` when the shape differs from the settings', or the global scale is missing.
 */
export function prepareSeries(
  settings: SeriesSettings,
  scale: FittedScale | undefined,
  windows: WindowBatch,
): SeriesBatch {
  checkShape(settings, windows);
  const fitted = settings.scope === 'global' && settings.scale !== 'none' ? checkScale(settings, scale) : undefined;
  const { length } = windows;
  const { steps, channels } = settings;
  const values = new Float32Array(length * steps * channels);
  const mask = new Uint8Array(length * steps * channels);
  const inactive = new Uint8Array(length);
  const centers = new Float32Array(length * channels);
  const scales = new Float32Array(length * channels);
  const shaper = createSeriesShaper(settings);
  const room = new Float32Array(steps);

  for (let window = 0; window < length; window++) {
    let active = false;
    for (let channel = 0; channel < channels; channel++) {
      const at = window * channels + channel;
      const first = window * steps * channels + channel;
      shaper.shape(windows, window, channel);
      if (shaper.active) active = true;
      if (fitted !== undefined) {
        centers[at] = fitted.centers[channel]!;
        scales[at] = fitted.scales[channel]!;
      } else {
        measureScale(settings.scale, shaper.known, room, centers, scales, at);
      }
      if (shaper.masked) scaleKnown(shaper, centers[at]!, scales[at]!, values, mask, first, channels);
      else scaleAll(shaper.row.values, centers[at]!, scales[at]!, values, first, channels);
    }
    if (active) continue;
    inactive[window] = 1;
    values.fill(0, window * steps * channels, (window + 1) * steps * channels);
    centers.fill(0, window * channels, (window + 1) * channels);
    scales.fill(1, window * channels, (window + 1) * channels);
  }
  return { windows, length, steps, channels, values, mask, inactive, centers, scales };
}

function checkScale(settings: SeriesSettings, scale: FittedScale | undefined): FittedScale {
  if (scale?.centers.length === settings.channels && scale.scales.length === settings.channels) return scale;
  throw new SegtideError(
    'config',
    `series: \`scope: global\` needs a scale fitted over windows with ${settings.channels} channels, got ` +
      `${scale === undefined ? 'none' : `one of ${scale.centers.length}`}: fit one with fitScale, or use \`scope: own\``,
  );
}

function scaleAll(row: Float32Array, center: number, scale: number, out: Float32Array, first: number, stride: number) {
  const factor = 1 / scale;
  for (let i = 0, at = first; i < row.length; i++, at += stride) out[at] = (row[i]! - center) * factor;
}

function scaleKnown(
  shaper: SeriesShaper,
  center: number,
  scale: number,
  out: Float32Array,
  outMask: Uint8Array,
  first: number,
  stride: number,
): void {
  const { values, mask } = shaper.row;
  for (let i = 0, at = first; i < values.length; i++, at += stride) {
    outMask[at] = mask[i]!;
    if (mask[i] === 0) out[at] = (values[i]! - center) * (1 / scale);
  }
}
