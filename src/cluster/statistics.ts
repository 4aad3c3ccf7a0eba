import { SegtideError } from '../errors.js';
import { isLearnt } from '../window/is-learnt.js';
import type { AssignmentBatch } from './assignment-batch.js';
import type { ClusterModel, Statistics } from './cluster-model.js';

/**
 * What assignments [start, end) teach about the centroids: per centroid the number of windows, their sum and their sum
 * of squares.
 *
 * Only first results of closed windows count: provisional ones and those cut short are never learnt from, and a
 * revision's window has been counted already. Rows without a finite embedding are passed over.
 *
 * @param start first row. @default 0
 * @param end row after the last. @default assignments.length
 */
export function statistics(
  model: ClusterModel,
  assignments: AssignmentBatch,
  start = 0,
  end: number = assignments.length,
): Statistics {
  return accumulate(emptyStatistics(model), assignments, start, end);
}

/** Statistics of no windows, to accumulate into. */
export function emptyStatistics({ modelVersion, centroidEpoch, k, size }: ClusterModel): Statistics {
  return {
    modelVersion,
    centroidEpoch,
    k,
    size,
    weights: new Float64Array(k),
    sums: new Float64Array(k * size),
    sumSquares: new Float64Array(k * size),
    inertia: 0,
  };
}

/**
 * Adds assignments [start, end) row by row into the arrays of `into`, which the result shares: sums come out the same
 * to the last bit however rows were cut into batches.
 */
export function accumulate(
  into: Statistics,
  assignments: AssignmentBatch,
  start = 0,
  end: number = assignments.length,
): Statistics {
  const { size, weights, sums, sumSquares } = into;
  const { nearest, distances, points } = assignments;
  const { windows } = assignments.embeddings.series;
  let inertia = into.inertia;
  for (let i = start; i < end; i++) {
    const distance = distances[i]!;
    if (Number.isNaN(distance) || !isLearnt(windows, i)) continue;
    const j = nearest[i]!;
    weights[j]! += 1;
    inertia += distance * distance;
    for (let m = 0, from = i * size, to = j * size; m < size; m++) {
      const x = points[from + m]!;
      sums[to + m]! += x;
      sumSquares[to + m]! += x * x;
    }
  }
  return { ...into, inertia };
}

/**
 * Statistics of both sets of windows together; the order does not matter beyond floating-point tolerance.
 *
 * The merged epoch is the older of the two.
 *
 * @throws SegtideError `state` when they belong to different model versions or shapes.
 */
export function merge(a: Statistics, b: Statistics): Statistics {
  if (a.modelVersion !== b.modelVersion || a.k !== b.k || a.size !== b.size) {
    throw new SegtideError(
      'state',
      `Statistics of one model version can't be merged with those of another; got ${a.modelVersion} (${a.k} × ${a.size}) and ${b.modelVersion} (${b.k} × ${b.size}). Drop those of the older version.`,
    );
  }
  return {
    modelVersion: a.modelVersion,
    centroidEpoch: Math.min(a.centroidEpoch, b.centroidEpoch),
    k: a.k,
    size: a.size,
    weights: added(a.weights, b.weights),
    sums: added(a.sums, b.sums),
    sumSquares: added(a.sumSquares, b.sumSquares),
    inertia: a.inertia + b.inertia,
  };
}

/** The same without what came to some centroids. */
export function withoutRows(statistics: Statistics, rows: readonly number[]): Statistics {
  const { size } = statistics;
  const without = (values: Float64Array, width: number): Float64Array => {
    const kept = values.slice();
    for (const j of rows) kept.fill(0, j * width, (j + 1) * width);
    return kept;
  };
  return {
    ...statistics,
    weights: without(statistics.weights, 1),
    sums: without(statistics.sums, size),
    sumSquares: without(statistics.sumSquares, size),
  };
}

function added(a: Float64Array, b: Float64Array): Float64Array {
  const sum = new Float64Array(a.length);
  for (let i = 0; i < sum.length; i++) sum[i] = a[i]! + b[i]!;
  return sum;
}
