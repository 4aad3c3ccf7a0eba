import type { ClusterModel } from '../../cluster/cluster-model.js';
import type { GraphBuilder, Value } from './graph-builder.js';

/** What `assign` tells of embeddings. */
export interface SegmentValues {
  /** To each centroid. */
  readonly distances: Value; // (batch, k), float32
  /** Row of the nearest centroid, the first of those that tie. */
  readonly segment: Value; // (batch), int64
}

/** @param embedding (batch, size), float32 */
export function addSegments(
  graph: GraphBuilder,
  { k, size, centroids }: ClusterModel,
  embedding: Value,
): SegmentValues {
  const { add, cast, constant, integers } = graph;
  const rows = add('Unsqueeze', [cast(embedding, 'float64'), integers(1)]);
  const difference = add('Sub', [rows, cast(constant(centroids, [k, size]), 'float64')]);
  const squared = add('ReduceSum', [add('Mul', [difference, difference]), integers(2)], { keepdims: 0 });
  return {
    distances: cast(add('Sqrt', [squared]), 'float32'),
    segment: add('ArgMin', [squared], { axis: 1, keepdims: 0 }),
  };
}
