import { map, type OperatorFunction } from 'rxjs';
import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import { assign } from './assign.js';
import type { AssignmentBatch } from './assignment-batch.js';
import type { ClusterModel } from './cluster-model.js';

/**
 * The cluster stage as an operator: one `AssignmentBatch` per `EmbeddingBatch`, in order, synchronously.
 *
 * @param model or a function that gives it, asked once per batch, so that a batch is never assigned by two models
 *
 * @example
 * embeddings$.pipe(assignTo(model))
 */
export function assignTo(
  model: ClusterModel | (() => ClusterModel),
): OperatorFunction<EmbeddingBatch, AssignmentBatch> {
  const current = typeof model === 'function' ? model : () => model;
  return map((embeddings) => assign(current(), embeddings));
}
