import type { ClusterModel } from '../cluster/cluster-model.js';

/**
 * How far each centroid has moved, in units of the mean within-cluster spread (the root of the reference's mean
 * inertia). Two models of one version; `centroidShift` is the root mean square over all of them.
 */
export function centroidShifts(reference: ClusterModel, current: ClusterModel): Float64Array {
  const { k, size } = reference;
  // Without any spread every move is an infinite one; a unit scale keeps the number readable.
  const spread = Math.sqrt(reference.meanInertia ?? 1) || 1;
  const shifts = new Float64Array(k);
  for (let j = 0; j < k; j++) {
    let squared = 0;
    for (let m = j * size, end = m + size; m < end; m++) {
      squared += (current.centroids[m]! - reference.centroids[m]!) ** 2;
    }
    shifts[j] = Math.sqrt(squared) / spread;
  }
  return shifts;
}

/** Root mean square of the centroids' shifts, relative to the mean within-cluster spread. */
export function centroidShift(reference: ClusterModel, current: ClusterModel): number {
  let sum = 0;
  for (const shift of centroidShifts(reference, current)) sum += shift * shift;
  return Math.sqrt(sum / reference.k);
}
