import type { Histogram } from '../numeric/histogram.js';

/**
 * Relative change of the mean, (current − reference) / |reference|: +0.5 is half as much again. 0 when a sample is
 * empty or the reference's mean is 0.
 */
export function meanShift(reference: Histogram, current: Histogram): number {
  if (reference.count === 0 || current.count === 0 || reference.sum === 0) return 0;
  const before = reference.sum / reference.count;
  return (current.sum / current.count - before) / Math.abs(before);
}
