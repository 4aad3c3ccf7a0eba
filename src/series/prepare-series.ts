import { SegtideError } from '../errors.js';
import type { WindowBatch } from '../window/window-batch.js';
import type { FittedScale } from './fitted-scale.js';
import type { KnownCells } from './known-cells.js';
import { measureScale } from './measure-scale.js';
import { bitsOf, createSample, type Sample } from './sample.js';
import type { SeriesBatch } from './series-batch.js';
import type { SeriesSettings } from './series-settings.js';
import { shapeWindows } from './shape-windows.js';

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
  const { steps, channels } = settings;
  const { length } = windows;
  const shaped = shapeWindows(settings, windows);
  const centers = new Float32Array(length * channels);
  const scales = new Float32Array(length * channels).fill(1);
  const fitted = settings.scope === 'global' && settings.scale !== 'none' ? checkScale(settings, scale) : undefined;
  if (settings.scale !== 'none') scaleInPlace(settings, fitted, shaped, centers, scales);
  const { values, mask, inactive } = shaped;
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

function scaleInPlace(
  settings: SeriesSettings,
  fitted: FittedScale | undefined,
  shaped: KnownCells,
  centers: Float32Array,
  scales: Float32Array,
): void {
  const { steps, channels, scale } = settings;
  const { values, masked, inactive } = shaped;
  const room = new Float32Array(steps);
  const compacted = createSample(steps);
  const whole: Sample = { values, bits: bitsOf(values), first: 0, stride: channels, count: steps };
  for (let window = 0; window < inactive.length; window++) {
    if (inactive[window] === 1) continue; // zeros remain zeros
    for (let channel = 0; channel < channels; channel++) {
      const at = window * channels + channel;
      whole.first = window * steps * channels + channel;
      if (fitted !== undefined) {
        centers[at] = fitted.centers[channel]!;
        scales[at] = fitted.scales[channel]!;
      } else {
        const sample = masked[window] === 1 ? compact(shaped, whole, compacted) : whole;
        measureScale(scale, sample, room, centers, scales, at);
      }
      scaleRow(whole, centers[at]!, scales[at]!);
      if (masked[window] === 1) clearMasked(shaped, whole);
    }
  }
}

/** Gathers the known values of a channel that has gaps. */
function compact({ values, mask }: KnownCells, { first, stride, count }: Sample, compacted: Sample): Sample {
  compacted.count = 0;
  for (let i = 0, at = first; i < count; i++, at += stride) {
    if (mask[at] === 0) compacted.values[compacted.count++] = values[at]!;
  }
  return compacted;
}

function scaleRow({ values, first, stride, count }: Sample, center: number, scale: number): void {
  const factor = 1 / scale;
  const end = first + count * stride;
  for (let i = first; i < end; i += stride) values[i] = (values[i]! - center) * factor;
}

function clearMasked({ values, mask }: KnownCells, { first, stride, count }: Sample): void {
  for (let i = 0, at = first; i < count; i++, at += stride) if (mask[at] !== 0) values[at] = 0;
}
