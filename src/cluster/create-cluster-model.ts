import { SegtideError } from '../errors.js';
import type { ClusterModel } from './cluster-model.js';
import type { ClusterDistance } from './cluster-points.js';
import type { CentroidFit } from './refit-centroids.js';

/**
 * The first epoch of a model version, from centroids that were fitted and the segments that they stand for.
 *
 * @param segmentIds one for each centroid, as `matchSegments` gives them
 * @param distance by which the centroids were fitted; under `cosine` they have unit length
 * @throws SegtideError `state` when their numbers differ or an id occurs twice.
 */
export function createClusterModel(
  modelVersion: string,
  fit: CentroidFit,
  segmentIds: readonly string[],
  distance: ClusterDistance = 'euclidean',
): ClusterModel {
  if (segmentIds.length !== fit.k || new Set(segmentIds).size !== fit.k) {
    throw new SegtideError(
      'state',
      `A model of ${fit.k} centroids needs as many different segment ids; got ${segmentIds.join(', ')}`,
    );
  }
  return {
    modelVersion,
    centroidEpoch: 0,
    k: fit.k,
    size: fit.size,
    centroids: fit.centroids,
    weights: fit.weights,
    segmentIds,
    distance,
    meanInertia: fit.rows === 0 ? 1 : fit.inertia / fit.rows,
  };
}
