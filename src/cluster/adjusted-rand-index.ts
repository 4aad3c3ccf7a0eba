import { type Contingency, contingency } from './contingency.js';

/**
 * Agreement of two partitions of the same rows, corrected for chance (Hubert & Arabie, 1985): 1 for the same partition
 * under any names, about 0 for unrelated ones, and below 0 for less than chance. Without rows, or with one class or all
 * rows apart in both, the partitions are the same: 1.
 *
 * @param first class of each row, told apart by `===`
 */
export function adjustedRandIndex(first: ArrayLike<unknown>, second: ArrayLike<unknown>): number {
  return adjustedRandIndexOf(contingency(first, second));
}

/** The same of partitions that were counted already. */
export function adjustedRandIndexOf({ total, cells, firstSums, secondSums }: Contingency): number {
  const together = pairs(cells);
  const inFirst = pairs(firstSums);
  const inSecond = pairs(secondSums);
  if (together === inFirst && together === inSecond) return 1;
  const expected = (inFirst * inSecond) / pairs([total]);
  return (together - expected) / ((inFirst + inSecond) / 2 - expected);
}

function pairs(counts: readonly number[]): number {
  return counts.reduce((sum, n) => sum + (n * (n - 1)) / 2, 0);
}
