import type { AssignmentBatch } from './assignment-batch.js';
import { NO_CENTROID } from './refit-centroids.js';

/** Nearest centroid of each row; `NO_CENTROID` for rows that are not finite. */
export function toMembership({ nearest, distances }: Pick<AssignmentBatch, 'nearest' | 'distances'>): Uint16Array {
  return nearest.map((j, i) => (Number.isNaN(distances[i]) ? NO_CENTROID : j));
}
