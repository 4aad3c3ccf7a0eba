import type { ScoredSeries } from './scored-series.js';

const SCALES = 50;
const LEAST_SCALE = 5;
/** Fewest scales in each of the two regimes. */
const LEAST_REGIME = 8;
/** Below this a fluctuation counts as this, so that its logarithm is finite. */
const LEAST_FLUCTUATION = Number.MIN_VALUE;

/** How the fluctuation of a stretch about its line is measured: by its range, or by its squares (Peng et al., 1994). */
export type Fluctuation = 'range' | 'squares';

/**
 * Share of time scales that belong to the faster of two regimes: `SC_FluctAnal_2_rsrangefit_50_1_logi_prop_r1`
 * (`range`) and `SC_FluctAnal_2_dfa_50_1_2_logi_prop_r1` (`squares`, of every second step).
 *
 * The running sum of the series is cut into stretches of each scale, a line is taken off each, and the root of the mean
 * square of what is left over stretches is the fluctuation at that scale. Two lines that meet are fitted to the
 * logarithms of fluctuation and scale; the best place to meet is the answer. Undefined with fewer than 16 scales, which
 * is below 40 steps (`range`) or 79 (`squares`).
 */
export function createFluctuationScale(steps: number, kind: Fluctuation): (series: ScoredSeries) => number {
  const stride = kind === 'range' ? 1 : 2;
  const length = Math.ceil(steps / stride);
  const scales = logarithmicScales(length);
  const regime = Math.max(LEAST_REGIME, Math.round(scales.length / 4));
  const sums = new Float64Array(length);
  const x = Float64Array.from(scales, Math.log);
  const y = new Float64Array(scales.length);
  const front = new Float64Array(scales.length);
  const back = new Float64Array(scales.length);

  return ({ values }) => {
    if (scales.length < 2 * regime) return Number.NaN;
    let sum = 0;
    for (let i = 0, p = 0; i < length; i++, p += stride) {
      sum += values[p]!;
      sums[i] = sum;
    }
    for (let i = 0; i < y.length; i++) {
      const fluctuation =
        kind === 'range' ? rangeFluctuation(sums, length, scales[i]!) : squareFluctuation(sums, length, scales[i]!);
      y[i] = Math.log(Math.max(LEAST_FLUCTUATION, fluctuation)) / 2;
    }
    return meetingPlace(x, y, front, back, regime) / y.length;
  };
}

/** Whole numbers at equal distances of their logarithms, from 5 to half the length, without repetition. */
function logarithmicScales(length: number): Uint32Array {
  const most = Math.floor(length / 2);
  if (most < LEAST_SCALE) return new Uint32Array(0);
  const low = Math.log(LEAST_SCALE);
  const step = (Math.log(most) - low) / (SCALES - 1);
  const scales = Array.from({ length: SCALES }, (_, i) => Math.round(Math.exp(low + i * step)));
  return Uint32Array.from(new Set(scales));
}

/** Mean over stretches of the squared range about their line. */
function rangeFluctuation(sums: Float64Array, length: number, scale: number): number {
  const stretches = Math.floor(length / scale);
  let total = 0;
  for (let stretch = 0, start = 0; stretch < stretches; stretch++, start += scale) {
    const range = rangeAbout(sums, start, scale, slopeOf(sums, start, scale));
    total += range * range;
  }
  return total / stretches;
}

/** Mean square about the lines of the stretches. */
function squareFluctuation(sums: Float64Array, length: number, scale: number): number {
  const stretches = Math.floor(length / scale);
  let total = 0;
  for (let stretch = 0, start = 0; stretch < stretches; stretch++, start += scale) {
    const slope = slopeOf(sums, start, scale);
    let sum = 0;
    for (let i = start; i < start + scale; i++) sum += sums[i]!;
    const line = sum / scale - (slope * (scale - 1)) / 2;
    for (let j = 0; j < scale; j++) {
      const rest = sums[start + j]! - (line + slope * j);
      total += rest * rest;
    }
  }
  return total / (stretches * scale);
}

/** Slope of the least-squares line through a stretch: from differences of what lies at equal distances of its middle. */
function slopeOf(sums: Float64Array, start: number, scale: number): number {
  let products = 0;
  for (let i = start, j = start + scale - 1, distance = (scale - 1) / 2; i < j; i++, j--, distance--) {
    products += distance * (sums[j]! - sums[i]!);
  }
  return products / ((scale * (scale * scale - 1)) / 12);
}

/** Range about a line of the given slope. Where the extremes lie can't be foreseen: no branches, which would miss. */
function rangeAbout(sums: Float64Array, start: number, scale: number, slope: number): number {
  let least = sums[start]!;
  let most = least;
  for (let j = 1; j < scale; j++) {
    const rest = sums[start + j]! - slope * j;
    least = Math.min(least, rest);
    most = Math.max(most, rest);
  }
  return most - least;
}

/** Number of points in the first of two lines, which share a point, when their squared errors together are least. */
function meetingPlace(
  x: Float64Array,
  y: Float64Array,
  front: Float64Array,
  back: Float64Array,
  regime: number,
): number {
  const count = x.length;
  lineErrors(x, y, 0, 1, front);
  lineErrors(x, y, count - 1, -1, back);
  let best = regime;
  for (let points = regime + 1; points <= count - regime; points++) {
    if (front[points - 1]! + back[points - 1]! < front[best - 1]! + back[best - 1]!) best = points;
  }
  return best;
}

/** Writes, for each point from `first` on, the squared error of the least-squares line through it and those before it. */
function lineErrors(x: Float64Array, y: Float64Array, first: number, direction: 1 | -1, out: Float64Array): void {
  let sumX = 0;
  let sumY = 0;
  let squaresX = 0;
  let squaresY = 0;
  let products = 0;
  for (let count = 1, i = first; count <= x.length; count++, i += direction) {
    const dx = x[i]! - x[first]!;
    const dy = y[i]! - y[first]!;
    sumX += dx;
    sumY += dy;
    squaresX += dx * dx;
    squaresY += dy * dy;
    products += dx * dy;
    const slope = (products - (sumX * sumY) / count) / (squaresX - (sumX * sumX) / count);
    const error = squaresY - (sumY * sumY) / count - slope * (products - (sumX * sumY) / count);
    out[i] = count < 3 ? 0 : error;
  }
}
