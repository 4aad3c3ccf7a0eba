/** How much a change of models would move customers between segments, on the same windows. */
export interface SegmentChange {
  /** Share of the windows whose segment id changes. */
  readonly churn: number;
  /** Largest change of a segment's share in the windows; an id that begins or ends counts in full. */
  readonly largestSizeShift: number;
}

/**
 * Compares the segments of the same windows under two models. Windows without a segment in either are left out.
 *
 * @param former segment id of each window, undefined where there is none
 * @param next after `matchSegments`
 */
export function compareSegments(
  former: readonly (string | undefined)[],
  next: readonly (string | undefined)[],
): SegmentChange {
  const shift = new Map<string, number>();
  let windows = 0;
  let changed = 0;
  for (let i = 0; i < former.length; i++) {
    const before = former[i];
    const after = next[i];
    if (before === undefined || after === undefined) continue;
    windows++;
    if (before === after) continue;
    changed++;
    shift.set(before, (shift.get(before) ?? 0) - 1);
    shift.set(after, (shift.get(after) ?? 0) + 1);
  }
  if (windows === 0) return { churn: 0, largestSizeShift: 0 };
  let largest = 0;
  for (const moved of shift.values()) largest = Math.max(largest, Math.abs(moved));
  return { churn: changed / windows, largestSizeShift: largest / windows };
}
