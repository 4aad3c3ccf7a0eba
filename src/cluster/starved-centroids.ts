import type { ClusterModel } from './cluster-model.js';

/**
 * Centroids that hardly any window comes to any more: their weight is below `ratio` of the mean weight. (That of
 * scikit-learn's `MiniBatchKMeans` is a hundredth of the largest, which a rare segment beside a very large one is too.)
 *
 * @param ratio @default 0.01
 * @returns rows of `model.centroids`, ascending
 */
export function starvedCentroids({ k, weights }: ClusterModel, ratio = 0.01): readonly number[] {
  const least = (ratio * weights.reduce((sum, weight) => sum + weight, 0)) / k;
  const starved: number[] = [];
  for (let j = 0; j < k; j++) if (weights[j]! < least) starved.push(j);
  return starved;
}
