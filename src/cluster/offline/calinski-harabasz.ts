import { centersOf } from './centers.js';
import { NOISE, type Partition } from './partition.js';
import type { Points } from './points.js';

/**
 * The criterion of Caliński and Harabasz (1974): spread of the clusters' means about the whole's, over that of rows about
 * their means, each by its degrees of freedom. More is better; noise is left out. 0 of fewer than two clusters; 1 where all
 * rows lie on their means, as scikit-learn has it.
 */
export function calinskiHarabasz(points: Points, partition: Pick<Partition, 'k' | 'membership'>): number {
  const { k, membership } = partition;
  const { size } = points;
  const { means, sizes, distances } = centersOf(points, partition);
  const rows = sizes.reduce((sum, count) => sum + count, 0);
  if (k < 2 || rows <= k) return 0;
  const center = new Float64Array(size);
  for (let j = 0; j < k; j++) {
    for (let m = 0; m < size; m++) center[m]! += (sizes[j]! / rows) * means[j * size + m]!;
  }
  let between = 0;
  for (let j = 0; j < k; j++) {
    for (let m = 0; m < size; m++) between += sizes[j]! * (means[j * size + m]! - center[m]!) ** 2;
  }
  let within = 0;
  for (let i = 0; i < membership.length; i++) if (membership[i] !== NOISE) within += distances[i]! ** 2;
  return within === 0 ? 1 : (between * (rows - k)) / (within * (k - 1));
}
