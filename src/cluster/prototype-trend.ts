import { linearTrend } from '../numeric/linear-trend.js';

/** Where a segment's typical curve goes over the window. */
export interface PrototypeTrend {
  /**
   * How far the trend line goes from the first step to the last, relative to its larger end: -0.5 where it ends at half
   * of what it began with, 0.5 where it began with half, -1 and 1 from and to zero or beyond.
   */
  readonly change: number;
  /** Part of the curve's variance that the line explains (R²), 0 to 1. */
  readonly explained: number;
}

/**
 * Fits the trend line of one channel of a prototype by least squares.
 *
 * With a known period and two whole cycles or more, the line goes through the means of cycles: a weekly pattern is no
 * trend.
 *
 * @param prototype mean of the members, (steps); NaN where no member knows the step
 * @param level mean usage per step
 * @param period steps after which usage is thought to repeat
 */
export function prototypeTrend(prototype: Float64Array, level: number, period: number | undefined): PrototypeTrend {
  const cycles = period === undefined ? 0 : Math.floor(prototype.length / period);
  const overCycles = period !== undefined && period > 1 && cycles >= 2;
  const curve = overCycles ? cycleMeans(prototype, period, cycles) : prototype;
  const { slope, intercept } = linearTrend(curve);
  const explained = explainedBy(curve, slope, intercept);
  if (level === 0) return { change: 0, explained };
  const perStep = overCycles ? slope / period : slope;
  const change = perStep * (prototype.length - 1);
  // A least-squares line passes through the mean: its ends lie half the change below and above the level. A burst at one
  // end of the window makes the line steeper than any usage, which can't fall by more than all of it.
  const larger = Math.abs(level) + Math.abs(change) / 2;
  return { change: Math.max(-1, Math.min(1, change / larger)), explained };
}

function explainedBy(curve: Float64Array, slope: number, intercept: number): number {
  const known = curve.filter((y) => !Number.isNaN(y));
  const mean = known.reduce((sum, y) => sum + y, 0) / known.length;
  let total = 0;
  let rest = 0;
  for (const [t, y] of curve.entries()) {
    if (Number.isNaN(y)) continue;
    total += (y - mean) ** 2;
    rest += (y - intercept - slope * t) ** 2;
  }
  return total === 0 ? 0 : Math.max(0, 1 - rest / total);
}

function cycleMeans(prototype: Float64Array, period: number, cycles: number): Float64Array {
  const means = new Float64Array(cycles);
  for (let cycle = 0; cycle < cycles; cycle++) {
    let sum = 0;
    let n = 0;
    for (let t = cycle * period; t < (cycle + 1) * period; t++) {
      const x = prototype[t]!;
      if (Number.isNaN(x)) continue;
      sum += x;
      n++;
    }
    means[cycle] = n === 0 ? Number.NaN : sum / n;
  }
  return means;
}
