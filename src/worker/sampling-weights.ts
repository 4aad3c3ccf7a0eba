import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import { floorWeights } from '../cluster/floor-weights.js';

/**
 * How much each row counts where windows are sampled, by the rarity of its segment under the model that assigned it: 1
 * where there is no model, and for a row without a segment.
 *
 * @param floor share of the sample that a segment is to have however rare it is; 0 for none
 */
export function samplingWeights(assignments: AssignmentBatch | undefined, floor: number): (row: number) => number {
  if (assignments === undefined || floor === 0) return () => 1;
  const { model, nearest, distances } = assignments;
  const weights = floorWeights(model, floor);
  return (row) => (distances[row]! >= 0 ? weights[nearest[row]!]! : 1);
}
