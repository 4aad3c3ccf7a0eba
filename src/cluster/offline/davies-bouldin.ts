import { centersOf } from './centers.js';
import { NOISE, type Partition } from './partition.js';
import type { Points } from './points.js';

/**
 * The index of Davies and Bouldin (1979): mean over the clusters of the largest (sᵢ + sⱼ) / d(cᵢ, cⱼ), with s the mean
 * distance of a cluster's rows to its mean c. From 0, less is better; noise is left out. 0 of fewer than two clusters, and
 * of rows that all lie on their means; infinite where two means that have rows about them fall together.
 */
export function daviesBouldin(points: Points, partition: Pick<Partition, 'k' | 'membership'>): number {
  const { k, membership } = partition;
  const { size } = points;
  if (k < 2) return 0;
  const { means, sizes, distances } = centersOf(points, partition);
  const spreads = new Float64Array(k);
  for (let i = 0; i < membership.length; i++) {
    const cluster = membership[i]!;
    if (cluster !== NOISE) spreads[cluster]! += distances[i]! / sizes[cluster]!;
  }
  let total = 0;
  for (let i = 0; i < k; i++) {
    let worst = 0;
    for (let j = 0; j < k; j++) {
      if (j === i) continue;
      let squared = 0;
      for (let m = 0; m < size; m++) squared += (means[i * size + m]! - means[j * size + m]!) ** 2;
      const spread = spreads[i]! + spreads[j]!;
      worst = Math.max(worst, spread === 0 ? 0 : spread / Math.sqrt(squared));
    }
    total += worst;
  }
  return total / k;
}
