import type { SeriesBatch } from '../series/series-batch.js';
import { isInformative } from '../window/is-informative.js';

/**
 * Mean over rows of the mean squared error of a row's informative cells, where each is predicted by the mean of its
 * channel in other rows: what a model must beat to tell anything of a window.
 *
 * @param known rows that the means are taken over
 * @param rows that are predicted
 */
export function meanPredictionError(series: SeriesBatch, known: Uint32Array, rows: Uint32Array): number {
  const means = channelMeans(series, known);
  const { channels, values, mask } = series;
  const cells = series.steps * channels;
  let total = 0;
  for (const row of rows) {
    let sum = 0;
    let informative = 0;
    for (let cell = 0, at = row * cells; cell < cells; cell++, at++) {
      if (!isInformative(mask[at]!)) continue;
      informative++;
      sum += (values[at]! - means[cell % channels]!) ** 2;
    }
    if (informative > 0) total += sum / informative;
  }
  return rows.length === 0 ? 0 : total / rows.length;
}

function channelMeans({ steps, channels, values, mask }: SeriesBatch, rows: Uint32Array): Float64Array {
  const cells = steps * channels;
  const sums = new Float64Array(channels);
  const counts = new Float64Array(channels);
  for (const row of rows) {
    for (let cell = 0, at = row * cells; cell < cells; cell++, at++) {
      if (!isInformative(mask[at]!)) continue;
      sums[cell % channels]! += values[at]!;
      counts[cell % channels]! += 1;
    }
  }
  return sums.map((sum, channel) => sum / Math.max(1, counts[channel]!));
}
