import { chiSquarePValue } from './chi-square.js';
import type { SegmentMoments } from './segment-moments.js';

/** How windows of the same segment differ; shares that moved make no difference. */
export interface WithinDifference {
  /** See the function that gave it. */
  readonly value: number;
  /** Probability of one as large where nothing changed. */
  readonly pValue: number;
}

/**
 * How far the means of segments moved in one column: root mean square over segments by their current share, in units of
 * the reference's standard deviation within segments. What chance alone adds is taken off.
 *
 * @param inflation variance of a mean in that of as many independent windows. @default 1
 */
export function withinMeanShift(
  before: SegmentMoments,
  after: SegmentMoments,
  column: number,
  inflation = 1,
): WithinDifference {
  let moved = 0;
  let variance = 0;
  let windows = 0;
  let chiSquare = 0;
  let degrees = 0;
  for (let j = 0; j < before.k; j++) {
    const a = momentsOf(before, j, column);
    const b = momentsOf(after, j, column);
    if (a.count < 2 || b.count < 2) continue;
    const byChance = inflation * (a.variance / a.count + b.variance / b.count);
    const squared = (b.mean - a.mean) ** 2;
    moved += b.count * (squared - byChance);
    variance += b.count * a.variance;
    windows += b.count;
    if (byChance === 0) continue;
    chiSquare += squared / byChance;
    degrees++;
  }
  if (windows === 0 || variance === 0) return { value: 0, pValue: 1 };
  return { value: Math.sqrt(Math.max(0, moved) / variance), pValue: chiSquarePValue(chiSquare, degrees) };
}

/**
 * Rise of the mean of one column, relative to what the reference's segments would have at the current shares.
 *
 * @param inflation variance of a mean in that of as many independent windows. @default 1
 */
export function withinRise(
  before: SegmentMoments,
  after: SegmentMoments,
  column: number,
  inflation = 1,
): WithinDifference {
  let rise = 0;
  let expected = 0;
  let variance = 0;
  for (let j = 0; j < before.k; j++) {
    const a = momentsOf(before, j, column);
    const b = momentsOf(after, j, column);
    if (a.count === 0 || b.count === 0) continue;
    rise += b.count * (b.mean - a.mean);
    expected += b.count * a.mean;
    variance += inflation * b.count * b.count * (a.variance / a.count + b.variance / b.count);
  }
  if (expected === 0) return { value: 0, pValue: 1 };
  const pValue = variance === 0 ? (rise === 0 ? 1 : 0) : chiSquarePValue((rise * rise) / variance, 1);
  return { value: rise / Math.abs(expected), pValue };
}

interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
}

function momentsOf({ columns, counts, sums, sumSquares }: SegmentMoments, segment: number, column: number): Moments {
  const count = counts[segment]!;
  if (count === 0) return { count, mean: 0, variance: 0 };
  const at = segment * columns + column;
  const mean = sums[at]! / count;
  return { count, mean, variance: Math.max(0, sumSquares[at]! / count - mean * mean) };
}
