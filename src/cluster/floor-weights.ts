import type { ClusterModel } from './cluster-model.js';

/** Most that a window may count in a sample: a segment that is all but gone should not fill it. */
const MOST_WEIGHT = 10;
/** Part of a sample that all floors may take together. */
const MOST_FLOORS = 0.25;

/**
 * How much a window of each segment should count where windows are sampled, so that rare segments survive in a sample: 1,
 * or more where the segment has less than `floor` of the windows that the centroids have learnt from.
 *
 * Weight `floor / share`, and at most 10: a segment has the floor in a weighted sample, or ten times its own share. Of k
 * segments none has a floor above 1 / 4k, so that at least four fifths of the sample are as they were without it.
 *
 * @param floor share of a sample that each segment is to have, 0 to 1
 * @returns (k), each from 1 to 10
 */
export function floorWeights({ k, weights }: Pick<ClusterModel, 'k' | 'weights'>, floor: number): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const least = total * Math.min(floor, MOST_FLOORS / k);
  return weights.map((weight) => (weight < least ? Math.min(MOST_WEIGHT, least / weight) : 1));
}
