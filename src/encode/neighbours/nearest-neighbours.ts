import { squaredDistances } from '../../numeric/squared-distances.js';
import { createNearestSelection } from './nearest-selection.js';

/** The nearest rows of each row of a table, itself left out, nearest first. */
export interface NearestNeighbours {
  readonly length: number;
  /** Neighbours of a row. */
  readonly k: number;
  readonly indices: Int32Array; // (length, k)
  readonly squared: Float64Array; // (length, k), squared Euclidean distances
}

/**
 * Finds the k nearest other rows of every row, exactly. Of rows at the same distance the first come first.
 *
 * @param points (length, size)
 * @param k at most `length - 1` are found
 */
export function nearestNeighbours(points: Float32Array, length: number, size: number, k: number): NearestNeighbours {
  const found = Math.max(0, Math.min(k, length - 1));
  const indices = new Int32Array(length * found);
  const squared = new Float64Array(length * found);
  if (found === 0) return { length, k: found, indices, squared };
  const all = Float64Array.from(points.subarray(0, length * size));
  const distances = new Float64Array(length);
  const selection = createNearestSelection(found);
  for (let i = 0; i < length; i++) {
    squaredDistances(all, i * size, all, length, size, distances);
    distances[i] = Number.POSITIVE_INFINITY;
    selection.take(distances, 0, length);
    indices.set(selection.indices, i * found);
    squared.set(selection.values, i * found);
  }
  return { length, k: found, indices, squared };
}
