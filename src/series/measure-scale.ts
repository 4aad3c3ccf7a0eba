import type { Scale } from './series-settings.js';

/**
 * Measures center and scale of `values[0, count)` and writes them to `centers[at]` and `scales[at]`.
 *
 * A spread that is nothing but the rounding of a constant gives scale 1: constant values become 0 (`max`: 1), never
 * infinite. No values at all give center 0 and scale 1.
 *
 * @param room at least `values.length` long, overwritten by `robust`; may be `values` itself where their order is of no use
 */
export function measureScale(
  kind: Scale,
  values: Float32Array,
  count: number,
  room: Float32Array,
  centers: Float32Array,
  scales: Float32Array,
  at: number,
): void {
  centers[at] = 0;
  scales[at] = 1;
  if (kind === 'none' || count === 0) return;
  if (kind === 'zscore') {
    const deviation = measureMoments(values, count, centers, at);
    setScale(deviation, centers, scales, at);
  } else if (kind === 'robust') {
    const deviation = measureMoments(values, count, centers, at);
    sortInto(room, values, count);
    centers[at] = quantile(room, count, 0.5);
    const range = quantile(room, count, 0.75) - quantile(room, count, 0.25);
    setScale(range > 0 ? range : deviation, centers, scales, at);
  } else {
    measureRange(kind, values, count, centers, scales, at);
  }
}

/** Below 2^-20 of the center a spread is float32 rounding. */
const ROUNDING = 2 ** -20;

function setScale(spread: number, centers: Float32Array, scales: Float32Array, at: number): void {
  if (spread <= Math.abs(centers[at]!) * ROUNDING) return;
  scales[at] = spread;
  if (scales[at] === 0) scales[at] = 1; // a spread too small for float32
}

/** Writes the mean and returns the standard deviation. */
function measureMoments(values: Float32Array, count: number, centers: Float32Array, at: number): number {
  // One pass over differences to the first value. That value being one of them, (mean - first)² is at most
  // count · variance, so the subtraction below loses at most log2(count) of 53 bits; equal values give exactly 0.
  const first = values[0]!;
  let sum = 0;
  let squares = 0;
  for (let i = 1; i < count; i++) {
    const difference = values[i]! - first;
    sum += difference;
    squares += difference * difference;
  }
  const shift = sum / count;
  centers[at] = first + shift;
  return Math.sqrt(Math.max(0, squares / count - shift * shift));
}

function measureRange(
  kind: 'max' | 'minmax',
  values: Float32Array,
  count: number,
  centers: Float32Array,
  scales: Float32Array,
  at: number,
): void {
  let least = values[0]!;
  let most = least;
  for (let i = 1; i < count; i++) {
    const value = values[i]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (kind === 'max' && least >= 0) {
    if (most > 0) scales[at] = most;
    return;
  }
  centers[at] = least;
  setScale(most - least, centers, scales, at);
}

/** Ascending; room behind `count` is filled so that sorting needs no view of its own. */
function sortInto(room: Float32Array, values: Float32Array, count: number): void {
  room.set(values);
  room.fill(Number.POSITIVE_INFINITY, count);
  room.sort();
}

/** Linear between the order statistics (type 7 of Hyndman & Fan, 1996). */
function quantile(sorted: Float32Array, count: number, share: number): number {
  const place = share * (count - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, count - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (place - below);
}
