import { seedCentroids } from '../seed-centroids.js';
import { type Partition, toPartition } from './partition.js';
import type { Points } from './points.js';

/** k-means by ml-kmeans: the fit that segments start from (see `seedCentroids`), the best of ten starts. */
export async function kMeans({ values, size }: Points, k: number, seed: number): Promise<Partition> {
  const { membership, inertia, iterations, converged } = await seedCentroids(values, size, k, { seed });
  return toPartition(membership, { inertia, iterations, converged });
}
