import type { Sample } from './sample.js';
import type { Scale } from './series-settings.js';

/**
 * Measures center and scale of `sample` and writes them to `centers[at]` and `scales[at]`.
 *
 * A spread that is nothing but the rounding of a constant gives scale 1: constant values become 0 (`max`: 1), never
 * infinite. No values at all give center 0 and scale 1.
 *
 * @param room as long as the sample's values, overwritten by `robust`; may be those where their order is of no more use
 */
export function measureScale(
  kind: Scale,
  sample: Sample,
  room: Float32Array,
  centers: Float32Array,
  scales: Float32Array,
  at: number,
): void {
  centers[at] = 0;
  scales[at] = 1;
  if (kind === 'none' || sample.count === 0) return;
  if (kind === 'max') {
    measureMost(sample, centers, scales, at);
  } else if (kind === 'minmax') {
    measureRange(sample, centers, scales, at);
  } else {
    const deviation = measureMoments(sample, centers, at);
    if (kind === 'zscore') setScale(deviation, centers, scales, at);
    else measureQuartiles(sample, room, deviation, centers, scales, at);
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
function measureMoments(sample: Sample, centers: Float32Array, at: number): number {
  const { values, count } = sample;
  // One pass over differences to the first value. That value being one of them, (mean - first)² is at most
  // count · variance, so the subtraction below loses at most log2(count) of 53 bits; equal values give exactly 0.
  const first = values[0]!;
  // Two of each sum, as an addition waits for the one before it.
  let sum = 0;
  let sumOdd = 0;
  let squares = 0;
  let squaresOdd = 0;
  for (let i = 1; i < count; i += 2) {
    const odd = values[i]! - first;
    const even = i + 1 < count ? values[i + 1]! - first : 0;
    sumOdd += odd;
    squaresOdd += odd * odd;
    sum += even;
    squares += even * even;
  }
  sum += sumOdd;
  squares += squaresOdd;
  const shift = sum / count;
  centers[at] = first + shift;
  return Math.sqrt(Math.max(0, squares / count - shift * shift));
}

function measureQuartiles(
  sample: Sample,
  room: Float32Array,
  deviation: number,
  centers: Float32Array,
  scales: Float32Array,
  at: number,
): void {
  const { values, count } = sample;
  if (room !== values) room.set(values);
  room.fill(Number.POSITIVE_INFINITY, count); // so that sorting needs no view of its own
  room.sort();
  const range = quantile(room, count, 0.75) - quantile(room, count, 0.25);
  centers[at] = quantile(room, count, 0.5);
  setScale(range > deviation * ROUNDING ? range : deviation, centers, scales, at);
}

/** Linear between the order statistics (type 7 of Hyndman & Fan, 1996). */
function quantile(sorted: Float32Array, count: number, share: number): number {
  const place = share * (count - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, count - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (place - below);
}

function measureMost(sample: Sample, centers: Float32Array, scales: Float32Array, at: number): void {
  const { values, bits, count } = sample;
  // Floats that are not negative are in the order of their bits, and integers have a maximum without a branch.
  let signs = 0;
  let most = 0;
  let place = 0;
  for (let i = 0; i < count; i++) {
    const word = bits[i]!;
    signs |= word;
    const step = most - word;
    most -= step & (step >> 31);
  }
  if (signs < 0) measureRange(sample, centers, scales, at);
  else if (most > 0) {
    while (bits[place] !== most) place++;
    scales[at] = values[place]!;
  }
}

function measureRange(sample: Sample, centers: Float32Array, scales: Float32Array, at: number): void {
  const { values, count } = sample;
  let least = values[0]!;
  let most = least;
  for (let i = 1; i < count; i++) {
    const value = values[i]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  centers[at] = least;
  setScale(most - least, centers, scales, at);
}
