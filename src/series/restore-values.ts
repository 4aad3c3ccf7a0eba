import { SegtideError } from '../errors.js';
import { signedExpm1 } from './log1p.js';
import type { SeriesSettings } from './series-settings.js';

/**
 * Takes scaled series back to the units of the windows: undoes scale and transform, not smoothing or resampling.
 *
 * @param values (batch, steps, channels), in scaled units
 * @param centers (batch, channels) as in the `SeriesBatch`, or (channels) for all rows alike, as a fitted scale has them
 * @param scales shaped like `centers`
 * @returns (batch, steps, channels), in the windows' units
 * @throws SegtideError `config` when the shapes don't fit together.
 */
export function restoreValues(
  settings: SeriesSettings,
  values: Float32Array,
  centers: ArrayLike<number>,
  scales: ArrayLike<number>,
): Float32Array {
  const { steps, channels, transform } = settings;
  const batch = values.length / (steps * channels);
  const shared = centers.length === channels;
  if (
    !Number.isInteger(batch) ||
    centers.length !== scales.length ||
    !(shared || centers.length === batch * channels)
  ) {
    throw new SegtideError(
      'config',
      `series: ${values.length} values, ${centers.length} centers and ${scales.length} scales don't belong together ` +
        `at ${steps} steps and ${channels} channels: give (batch, steps, channels) values and (batch, channels) centers`,
    );
  }
  const restored = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const channel = i % channels;
    const at = shared ? channel : Math.floor(i / (steps * channels)) * channels + channel;
    const value = values[i]! * scales[at]! + centers[at]!;
    restored[i] = transform === 'log1p' ? signedExpm1(value) : value;
  }
  return restored;
}
