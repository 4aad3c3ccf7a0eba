import type { ScoredSeries } from './scored-series.js';

/** Between thresholds, in standard deviations. */
const INCREMENT = 0.01;
/** Of the steps on the side of the mean that is looked at: thresholds that leave no more are not counted. */
const LEAST_SHARE = 0.02;

/**
 * When the extreme steps come: -1 at the beginning, 1 at the end. `DN_OutlierInclude_…_mdrmd`: for thresholds that rise
 * from the mean by hundredths of a deviation, the median place of the steps beyond; of these, the median.
 *
 * The steps beyond form a list ordered by place. Raising the threshold takes steps out, and the median moves by one
 * link at most, so all thresholds together cost as much as the steps.
 *
 * @returns a function of the series and the side: 1 for steps above the mean, -1 for those below
 */
export function createOutlierTiming(steps: number): (series: ScoredSeries, side: 1 | -1) => number {
  // Places count from 1, the sentinels stand at 0 and steps + 1.
  const next = new Uint32Array(steps + 2);
  const previous = new Uint32Array(steps + 2);
  const thresholds = new Float64Array(2 * steps + 1); // by twice the median place

  return ({ values, order }, side) => {
    let last = 0;
    let total = 0;
    for (let i = 0; i < steps; i++) {
      if (values[i]! * side < 0) continue;
      next[last] = i + 1;
      previous[i + 1] = last;
      last = i + 1;
      total++;
    }
    next[last] = steps + 1;
    previous[steps + 1] = last;
    let middle = next[0]!;
    for (let i = 1; i < (total + 1) >> 1; i++) middle = next[middle]!;

    thresholds.fill(0);
    let below = 0;
    let counted = 0;
    const fewest = total === 1 ? 1 : LEAST_SHARE * total + 1;
    for (let left = total; left >= 1; left--) {
      if (total > 1 && left <= fewest) break;
      const place = side === 1 ? order[steps - left]! : order[left - 1]!;
      const upTo = thresholdsUpTo(values[place]! * side);
      const upper = left % 2 === 1 ? middle : next[middle]!;
      thresholds[middle + upper]! += upTo - below;
      counted += upTo - below;
      below = upTo;

      const removed = place + 1;
      if (left % 2 === 1) {
        if (removed >= middle) middle = previous[middle]!;
      } else if (removed <= middle) {
        middle = next[middle]!;
      }
      next[previous[removed]!] = next[removed]!;
      previous[next[removed]!] = previous[removed]!;
    }
    return medianPlace(thresholds, counted) / (steps / 2) - 1;
  };
}

/** How many thresholds, from 0 on, a value reaches. */
function thresholdsUpTo(value: number): number {
  let last = Math.floor(value / INCREMENT);
  while (last * INCREMENT > value) last--;
  while ((last + 1) * INCREMENT <= value) last++;
  return last + 1;
}

function medianPlace(thresholds: Float64Array, counted: number): number {
  const lower = Math.floor((counted - 1) / 2);
  const upper = Math.floor(counted / 2);
  let seen = 0;
  let twice = -1;
  while (seen <= lower) seen += thresholds[++twice]!;
  const lowerTwice = twice;
  while (seen <= upper) seen += thresholds[++twice]!;
  return (lowerTwice + twice) / 4;
}
