import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import type { ClusterModel } from '../cluster/cluster-model.js';

/** Tells segments that have retired: those that no owner's model in force has any more. */
export interface SegmentsInUse {
  /** An owner assigns by this model from now on. @returns segments that nobody has from now on */
  use(owner: object, model: ClusterModel): readonly string[];
  /** An owner has ended. @returns as `use` */
  leave(owner: object): readonly string[];
}

export function createSegmentsInUse(): SegmentsInUse {
  const models = new Map<object, readonly string[]>();
  const change = (owner: object, ids: readonly string[] | undefined): readonly string[] => {
    const before = models.get(owner) ?? [];
    if (before === ids) return [];
    if (ids === undefined) models.delete(owner);
    else models.set(owner, ids);
    const inUse = new Set([...models.values()].flat());
    return before.filter((id) => !inUse.has(id));
  };
  return {
    use: (owner, { segmentIds }) => change(owner, segmentIds),
    leave: (owner) => change(owner, undefined),
  };
}

/** Windows of a batch by the row of their centroid. */
export function countNearest({ model, nearest, length }: AssignmentBatch): Uint32Array {
  const counts = new Uint32Array(model.k);
  for (let i = 0; i < length; i++) counts[nearest[i]!]!++;
  return counts;
}

export function sumOf(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

export function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}
