import { map, type OperatorFunction } from 'rxjs';
import type { WindowBatch } from '../window/window-batch.js';
import type { FittedScale } from './fitted-scale.js';
import { prepareSeries } from './prepare-series.js';
import type { SeriesBatch } from './series-batch.js';
import type { SeriesSettings } from './series-settings.js';

/**
 * The series stage as an operator: one `SeriesBatch` per `WindowBatch`, in order, synchronously.
 *
 * @param currentScale asked once per batch, so that a batch is never scaled by two models
 *
 * @example
 * windows$.pipe(toSeries(resolveSeries({ scale: 'max', scope: 'own' }, 24, 1)))
 */
export function toSeries(
  settings: SeriesSettings,
  currentScale: () => FittedScale | undefined = () => undefined,
): OperatorFunction<WindowBatch, SeriesBatch> {
  return map((windows) => prepareSeries(settings, currentScale(), windows));
}
