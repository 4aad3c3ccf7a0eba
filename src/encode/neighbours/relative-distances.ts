import type { FloatArray, FloatBuffer, RecurrentEngine } from '../vrae/recurrent-engine.js';

/** Measures how rows are ordered by nearness to fixed points, in the engine's precision. */
export interface RelativeDistances {
  /** Written by the caller before `measure`. */
  readonly inputs: FloatBuffer; // (rows, size)
  /**
   * Measures the first `rows` inputs: squared distances from the points, less the row's own squared norm, which all of a
   * row's have in common.
   *
   * @returns until the next call; the caller may write to it
   */
  measure(rows: number): FloatArray; // (rows, length)
}

/**
 * Prepares |b|² - 2ab as one matrix product.
 *
 * @param points (length, size)
 * @param rows in one call at most
 */
export function createRelativeDistances(
  points: Float32Array,
  length: number,
  size: number,
  engine: RecurrentEngine,
  rows: number,
): RelativeDistances {
  const a = engine.allocate(rows * size);
  const b = engine.allocate(length * size);
  const out = engine.allocate(rows * length);
  const scaled = b.values;
  for (let p = 0; p < length * size; p++) scaled[p] = -2 * points[p]!;
  // Of the engine's number type, as those that it is copied to.
  const squares = out.values.slice(0, length);
  for (let j = 0; j < length; j++) squares[j] = squaredNorm(points, j * size, size);
  return {
    inputs: a,
    measure: (count) => {
      for (let row = 0; row < count; row++) out.values.set(squares, row * length);
      engine.multiply({ a, b, out, m: count, n: length, inner: size, transposeB: true, accumulate: true });
      return out.values; // read anew: the engine's memory may have moved
    },
  };
}

/** The squared norm of the row at `offset`. */
export function squaredNorm(values: Float32Array, offset: number, size: number): number {
  let sum = 0;
  for (let m = 0; m < size; m++) sum += values[offset + m]! ** 2;
  return sum;
}
