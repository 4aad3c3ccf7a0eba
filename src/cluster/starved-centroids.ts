import type { ClusterModel } from './cluster-model.js';

/**
 * Centroids that hardly any window has come to: their weight is below `ratio` of the largest (the criterion of
 * scikit-learn's `MiniBatchKMeans`). They are reported, not moved: a segment that dies is an event for its readers.
 *
 * @param ratio @default 0.01
 * @returns rows of `model.centroids`, ascending
 */
export function starvedCentroids(model: ClusterModel, ratio = 0.01): readonly number[] {
  let largest = 0;
  for (let j = 0; j < model.k; j++) largest = Math.max(largest, model.weights[j]!);
  const starved: number[] = [];
  for (let j = 0; j < model.k; j++) if (model.weights[j]! < ratio * largest) starved.push(j);
  return starved;
}
