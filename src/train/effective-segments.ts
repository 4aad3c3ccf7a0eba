import { NO_CENTROID } from '../cluster/refit-centroids.js';

/**
 * How many segments of equal size would tell as many pairs of windows apart: 1 / Σ p² over the shares p of the segments
 * (Simpson, 1949). 0 without windows.
 */
export function effectiveSegments(membership: Uint16Array): number {
  const counts = new Map<number, number>();
  for (const segment of membership) {
    if (segment !== NO_CENTROID) counts.set(segment, (counts.get(segment) ?? 0) + 1);
  }
  const sizes = [...counts.values()];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return total === 0 ? 0 : total ** 2 / sizes.reduce((sum, size) => sum + size ** 2, 0);
}
