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
  { k, size, centroids, distance }: ClusterModel,
  embedding: Value,
): SegmentValues {
  const { add, cast, constant, integers } = graph;
  const exact = cast(embedding, 'float64');
  const points = distance === 'cosine' ? toUnitLength(graph, exact) : exact;
  const rows = add('Unsqueeze', [points, integers(1)]);
  const difference = add('Sub', [rows, cast(constant(centroids, [k, size]), 'float64')]);
  const squared = add('ReduceSum', [add('Mul', [difference, difference]), integers(2)], { keepdims: 0 });
  return {
    distances: cast(add('Sqrt', [squared]), 'float32'),
    segment: add('ArgMin', [squared], { axis: 1, keepdims: 0 }),
  };
}

/** As `toUnitRows`: rows of zeros stay. */
function toUnitLength({ add, constant, cast, integers }: GraphBuilder, rows: Value): Value {
  const squared = add('ReduceSum', [add('Mul', [rows, rows]), integers(1)], { keepdims: 1 });
  const least = cast(constant(Float32Array.of(2 ** -126), [1]), 'float64');
  return add('Div', [rows, add('Max', [add('Sqrt', [squared]), least])]);
}
