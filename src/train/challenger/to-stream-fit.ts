import { type CentroidFit, membershipOf } from '../../cluster/refit-centroids.js';

/**
 * Counts what came to centroids in the stream's shares: without the windows that are sampled beyond the share of their
 * segment. A centroid has one window at least, that it may learn on.
 *
 * @param points as they were clustered, (rows, size)
 * @param surplus 1 for windows beyond the share of their segment, (rows)
 */
export function toStreamFit(fit: CentroidFit, points: Float32Array, surplus: Uint8Array): CentroidFit {
  if (!surplus.includes(1)) return fit;
  const { size, centroids } = fit;
  const rows = Uint32Array.from(surplus.keys()).filter((row) => surplus[row] === 0);
  const counted = new Float32Array(rows.length * size);
  for (const [at, row] of rows.entries()) counted.set(points.subarray(row * size, (row + 1) * size), at * size);
  const { weights, inertia, rows: fitted } = membershipOf(counted, size, centroids);
  return { ...fit, weights: weights.map((weight) => Math.max(1, weight)), inertia, rows: fitted };
}
