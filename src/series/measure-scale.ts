import type { Sample } from './sample.js';
import type { Scale } from './series-settings.js';

/**
 * Measures center and scale of `sample` and writes them to `centers[at]` and `scales[at]`.
 *
 * A spread that is nothing but the rounding of a constant gives scale 1: constant values become 0 (`max`: 1), never
 * infinite. No values at all give center 0 and scale 1.
 *
 * @param room for as many values as the sample has, overwritten by `robust`
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
  const { values, stride, count } = sample;
  const end = sample.first + count * stride;
  // One pass over differences to the first value. That value being one of them, (mean - first)² is at most
  // count · variance, so the subtraction below loses at most log2(count) of 53 bits; equal values give exactly 0.
  const first = values[sample.first]!;
  const share = 1 / count;
  // Two of each sum, as an addition waits for the one before it.
  let sum = 0;
  let sumOdd = 0;
  let squares = 0;
  let squaresOdd = 0;
  let i = sample.first;
  for (; i + stride < end; i += 2 * stride) {
    const even = values[i]! - first;
    const odd = values[i + stride]! - first;
    sum += even;
    squares += even * even;
    sumOdd += odd;
    squaresOdd += odd * odd;
  }
  if (i < end) {
    const even = values[i]! - first;
    sum += even;
    squares += even * even;
  }
  const shift = (sum + sumOdd) * share;
  centers[at] = first + shift;
  return Math.sqrt(Math.max(0, (squares + squaresOdd) * share - shift * shift));
}

function measureQuartiles(
  sample: Sample,
  room: Float32Array,
  deviation: number,
  centers: Float32Array,
  scales: Float32Array,
  at: number,
): void {
  const { values, first, stride, count } = sample;
  for (let i = 0; i < count; i++) room[i] = values[first + i * stride]!;
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
  const { bits, first, stride, count } = sample;
  const end = first + count * stride;
  // Floats that are not negative are in the order of their bits, and integers have a maximum without a branch.
  let signs = 0;
  let most = 0;
  for (let i = first; i < end; i += stride) {
    const word = bits[i]!;
    signs |= word;
    const step = most - word;
    most -= step & (step >> 31);
  }
  if (signs < 0) measureRange(sample, centers, scales, at);
  else if (most > 0) scales[at] = floatOf(most);
}

function floatOf(bits: number): number {
  oneWord[0] = bits;
  return oneFloat[0]!;
}

const oneWord = new Int32Array(1);
const oneFloat = new Float32Array(oneWord.buffer);

function measureRange(sample: Sample, centers: Float32Array, scales: Float32Array, at: number): void {
  const { values, first, stride, count } = sample;
  const end = first + count * stride;
  let least = values[first]!;
  let most = least;
  for (let i = first + stride; i < end; i += stride) {
    const value = values[i]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  centers[at] = least;
  setScale(most - least, centers, scales, at);
}
