import { linearTrend } from '../numeric/linear-trend.js';

/** Where a segment's typical curve goes over the window. */
export interface PrototypeTrend {
  /**
   * How far the trend line goes from the first step to the last, relative to its larger end: -0.5 where it ends at half
   * of what it began with, 0.5 where it began with half, -1 and 1 from and to zero or beyond.
   */
  readonly change: number;
  /** Part of the curve's variance that the line explains (R²), 0 to 1; over cycles, of what is left without the mean cycle. */
  readonly explained: number;
}

/**
 * Fits the trend line of one channel of a prototype by least squares.
 *
 * With a known period and two whole cycles or more, the line goes through the means of cycles: a weekly pattern is no
 * trend. What it explains is told by the steps all the same, for any line goes through two means.
 *
 * @param prototype mean of the members, (steps); NaN where no member knows the step
 * @param level mean usage per step
 * @param period steps after which usage is thought to repeat
 */
export function prototypeTrend(prototype: Float64Array, level: number, period: number | undefined): PrototypeTrend {
  const cycles = period === undefined ? 0 : Math.floor(prototype.length / period);
  const overCycles = period !== undefined && period > 1 && cycles >= 2;
  const curve = overCycles ? cycleMeans(prototype, period, cycles) : prototype;
  const { slope } = linearTrend(curve);
  const perStep = overCycles ? slope / period : slope;
  const explained = overCycles
    ? explainedBy(perPhase(prototype, period, cycles), perStep * period)
    : explainedBy([prototype], slope);
  if (level === 0) return { change: 0, explained };
  const change = perStep * (prototype.length - 1);
  // A least-squares line passes through the mean: its ends lie half the change below and above the level. A burst at one
  // end of the window makes the line steeper than any usage, which can't fall by more than all of it.
  const larger = Math.abs(level) + Math.abs(change) / 2;
  return { change: Math.max(-1, Math.min(1, change / larger)), explained };
}

/**
 * Part of the squared deviations from the mean of each curve that lines of one slope take away.
 *
 * @param slope per value of a curve
 */
function explainedBy(curves: readonly Float64Array[], slope: number): number {
  let total = 0;
  let rest = 0;
  for (const curve of curves) {
    total += squaredDeviations(curve);
    rest += squaredDeviations(curve.map((y, t) => y - slope * t));
  }
  return total === 0 ? 0 : Math.max(0, 1 - rest / total);
}

function squaredDeviations(curve: Float64Array): number {
  const known = curve.filter((y) => !Number.isNaN(y));
  const mean = known.reduce((sum, y) => sum + y, 0) / known.length;
  return known.reduce((sum, y) => sum + (y - mean) ** 2, 0);
}

/** The values at each place of the cycle, one curve a place. */
function perPhase(prototype: Float64Array, period: number, cycles: number): Float64Array[] {
  return Array.from({ length: period }, (_, phase) =>
    Float64Array.from({ length: cycles }, (_, cycle) => prototype[cycle * period + phase]!),
  );
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
