import { concatMap, type OperatorFunction } from 'rxjs';
import type { SeriesBatch } from '../series/series-batch.js';
import type { EmbeddingBatch } from './embedding-batch.js';
import type { Encoder } from './encoder.js';

/**
 * The encode stage as an operator: one `EmbeddingBatch` per `SeriesBatch`, in order, one at a time. Batches that come
 * while one is encoded wait without bound, so a source that can should wait for the result.
 *
 * @param encoder or a function that gives it, asked once per batch, so that a batch is never encoded by two models
 *
 * @example
 * series$.pipe(encodeWith(createVraeEncoder(weights, 'v1')))
 */
export function encodeWith(encoder: Encoder | (() => Encoder)): OperatorFunction<SeriesBatch, EmbeddingBatch> {
  const current = typeof encoder === 'function' ? encoder : () => encoder;
  return concatMap((series) => current().encode(series));
}
