import type { PlacedWindow, SegmentMoments } from './segment-moments.js';

/** Some windows that came one after the other, summed up: what tells within a wave that behaviour has changed. Plain data. */
export interface WindowRun {
  /** Earliest start of them, epoch ms. */
  readonly start: number;
  /** Windows by segment. */
  readonly counts: Float64Array; // (k)
  /** Coordinates, distance and reconstruction error, over all segments. */
  readonly sums: Float64Array; // (columns)
}

/** Windows of a run: few enough to be soon, enough for their mean to be near normal. */
export const RUN_WINDOWS = 32;

/**
 * Adds one window in place, to the last run or to a new one; a reconstruction error that is not finite counts as 0.
 *
 * @param runs of the same model, in order
 */
export function addToRuns(
  runs: WindowRun[],
  { k, columns }: Pick<SegmentMoments, 'k' | 'columns'>,
  { segment, start, points, offset, distance, error }: PlacedWindow & { readonly start: number },
): void {
  const last = runs.at(-1);
  const isOpen = last !== undefined && last.counts.reduce((a, b) => a + b, 0) < RUN_WINDOWS;
  const run = isOpen ? last : { start, counts: new Float64Array(k), sums: new Float64Array(columns) };
  if (!isOpen) runs.push(run);
  if (start < run.start) runs[runs.length - 1] = { ...run, start };
  const { counts, sums } = run;
  counts[segment]! += 1;
  const size = columns - 2;
  for (let m = 0; m < size; m++) sums[m]! += points[offset + m]!;
  sums[size]! += distance;
  if (Number.isFinite(error)) sums[size + 1]! += error;
}

/** The windows of both runs together. */
export function joinRuns(a: WindowRun, b: WindowRun): WindowRun {
  return {
    start: Math.min(a.start, b.start),
    counts: a.counts.map((count, j) => count + b.counts[j]!),
    sums: a.sums.map((sum, c) => sum + b.sums[c]!),
  };
}
