import type { FloatArray, RecurrentEngine } from '../vrae/recurrent-engine.js';
import { createNearestSelection } from './nearest-selection.js';
import { createRelativeDistances, squaredNorm } from './relative-distances.js';

/** The nearest rows of each row of a table, itself left out, nearest first. */
export interface NearestNeighbours {
  readonly length: number;
  /** Neighbours of a row. */
  readonly k: number;
  readonly indices: Int32Array; // (length, k)
  readonly squared: Float64Array; // (length, k), squared Euclidean distances
}

/** Rows that are multiplied at once: their distances from some thousands of rows stay in the cache. */
const CHUNK_ROWS = 64;

/**
 * Finds the k nearest other rows of every row, exactly. Of rows at the same distance the first come first.
 *
 * A matrix product in the engine's precision tells which rows may be among the nearest, by a bound on its rounding; those
 * few are measured in double precision.
 *
 * @param points (length, size), finite, as are their squared norms in single precision
 * @param k at most `length - 1` are found
 */
export function nearestNeighbours(
  points: Float32Array,
  length: number,
  size: number,
  k: number,
  engine: RecurrentEngine,
): NearestNeighbours {
  const found = Math.max(0, Math.min(k, length - 1));
  const indices = new Int32Array(length * found);
  const squared = new Float64Array(length * found);
  if (found === 0) return { length, k: found, indices, squared };
  const { inputs, measure } = createRelativeDistances(points, length, size, engine, CHUNK_ROWS);
  const slackOf = roundingBound(points, length, size);
  const nearest = createNearestSelection(found);
  const candidates = new Int32Array(length);
  const exact = new Float64Array(length);
  for (let from = 0; from < length; from += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, length - from);
    inputs.values.set(points.subarray(from * size, (from + rows) * size));
    const distances = measure(rows);
    for (let row = 0; row < rows; row++) {
      const i = from + row;
      const offset = row * length;
      distances[offset + i] = Number.POSITIVE_INFINITY;
      nearest.take(distances, offset, length);
      const bound = nearest.values[found - 1]! + slackOf(i);
      const count = collect(distances, offset, length, bound, candidates);
      for (let n = 0; n < count; n++) exact[n] = squaredDistance(points, i * size, candidates[n]! * size, size);
      nearest.take(exact, 0, count);
      for (let n = 0; n < found; n++) indices[i * found + n] = candidates[nearest.indices[n]!]!;
      squared.set(nearest.values, i * found);
    }
  }
  return { length, k: found, indices, squared };
}

/** Twice what rounding to single precision makes of |b|² - 2ab at most, for a row a and any b. */
function roundingBound(points: Float32Array, length: number, size: number): (row: number) => number {
  const norms = Float64Array.from({ length }, (_, i) => Math.sqrt(squaredNorm(points, i * size, size)));
  const largest = norms.reduce((most, norm) => Math.max(most, norm), 0);
  return (row) => 2 * (size + 2) * 2 ** -24 * largest * (largest + 2 * norms[row]!);
}

/** Writes the indices of values up to `bound`, in order, and tells how many they are. */
function collect(values: FloatArray, offset: number, length: number, bound: number, out: Int32Array): number {
  let count = 0;
  for (let j = 0; j < length; j++) if (values[offset + j]! <= bound) out[count++] = j;
  return count;
}

function squaredDistance(points: Float32Array, a: number, b: number, size: number): number {
  let sum = 0;
  for (let m = 0; m < size; m++) sum += (points[a + m]! - points[b + m]!) ** 2;
  return sum;
}
