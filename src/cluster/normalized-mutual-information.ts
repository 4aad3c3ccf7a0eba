import { type Contingency, contingency } from './contingency.js';

/**
 * What two partitions of the same rows tell of each other: their mutual information over the arithmetic mean of their
 * entropies (Vinh, Epps & Bailey, 2010, as scikit-learn's default), in [0, 1]. With one class in both, 1.
 *
 * @param first class of each row, told apart by `===`
 */
export function normalizedMutualInformation(first: ArrayLike<unknown>, second: ArrayLike<unknown>): number {
  return normalizedMutualInformationOf(contingency(first, second));
}

/** The same of partitions that were counted already. */
export function normalizedMutualInformationOf(counted: Contingency): number {
  const { total, cells, cellSums, firstSums, secondSums } = counted;
  const mean = (entropy(firstSums, total) + entropy(secondSums, total)) / 2;
  if (mean === 0) return 1;
  let information = 0;
  for (const [i, rows] of cells.entries()) {
    const [a, b] = cellSums[i]!;
    information += (rows / total) * Math.log((rows * total) / (a * b));
  }
  return Math.min(1, Math.max(0, information / mean));
}

/** In nats. */
function entropy(counts: readonly number[], total: number): number {
  return counts.reduce((sum, n) => sum - (n / total) * Math.log(n / total), 0);
}
