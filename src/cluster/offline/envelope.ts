import type { Warping } from '../../numeric/dtw.js';

/** Between what a series lies within a band about each step. */
export interface Envelope {
  readonly lower: Float64Array; // (steps, channels)
  readonly upper: Float64Array; // (steps, channels)
}

export function envelopeOf(series: ArrayLike<number>, { steps, channels, band }: Warping): Envelope {
  const lower = new Float64Array(steps * channels).fill(Number.POSITIVE_INFINITY);
  const upper = new Float64Array(steps * channels).fill(Number.NEGATIVE_INFINITY);
  for (let step = 0; step < steps; step++) {
    for (let near = Math.max(0, step - band); near <= Math.min(steps - 1, step + band); near++) {
      for (let channel = 0; channel < channels; channel++) {
        const at = step * channels + channel;
        const value = series[near * channels + channel]!;
        if (value < lower[at]!) lower[at] = value;
        if (value > upper[at]!) upper[at] = value;
      }
    }
  }
  return { lower, upper };
}

/**
 * What the squared distance by dynamic time warping is at least, of the series that the envelope is of: what lies outside
 * it (Keogh and Ratanamahatana, 2005).
 */
export function lowerBound({ lower, upper }: Envelope, series: ArrayLike<number>, offset: number): number {
  let sum = 0;
  for (let at = 0; at < lower.length; at++) {
    const value = series[offset + at]!;
    const outside = value > upper[at]! ? value - upper[at]! : value < lower[at]! ? lower[at]! - value : 0;
    sum += outside * outside;
  }
  return sum;
}
