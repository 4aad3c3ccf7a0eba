import type { Abortable } from '../../numeric/abortable.js';
import { condenseTree } from './condense-tree.js';
import { coreDistances } from './dbscan.js';
import { type Partition, toPartition } from './partition.js';
import { pause } from './pause.js';
import { type Points, squaredDistance } from './points.js';
import { selectDense } from './select-dense.js';
import { type Merges, sortMerges } from './sort-merges.js';

export interface HdbscanOptions {
  /** Fewest rows of a cluster. */
  readonly minClusterSize: number;
  /** Neighbours, itself among them, by which density is measured: more of them, more noise. */
  readonly minPoints: number;
  readonly signal?: Abortable | undefined;
}

/** Rows between two stops. */
const PART = 256;

/**
 * Clusters of any shape and of different densities (Campello, Moulavi and Sander, 2013): those that last longest in the
 * tree of densities, by excess of mass. All rows as one cluster is no answer. A row's probability falls from 1 at its
 * cluster's densest to 0 outside. n² distances, none of which is kept.
 */
export async function hdbscan(
  points: Points,
  { minClusterSize, minPoints, signal }: HdbscanOptions,
): Promise<Partition> {
  const { length } = points;
  const cores = await coreDistances(points, minPoints, signal);
  const tree = sortMerges(length, new Uint32Array(length).fill(1), await spanningTree(points, cores, signal));
  const { membership, probabilities } = selectDense(condenseTree(tree, minClusterSize), length);
  const noise = membership.reduce((sum, cluster) => sum + (cluster < 0 ? 1 : 0), 0);
  return toPartition(membership, { minClusterSize, minPoints, noise }, probabilities);
}

/** The least spanning tree under mutual reachability, the larger of a distance and both core distances (Prim, 1957). */
async function spanningTree(points: Points, cores: Float64Array, signal: Abortable | undefined): Promise<Merges> {
  const { length } = points;
  const lefts = new Uint32Array(length - 1);
  const rights = new Uint32Array(length - 1);
  const heights = new Float64Array(length - 1);
  const reached = new Uint8Array(length);
  const nearest = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  const from = new Uint32Array(length);
  let row = 0;
  for (let edge = 0; edge < length - 1; edge++) {
    if (edge % PART === 0) await pause(signal);
    reached[row] = 1;
    let next = -1;
    for (let other = 0; other < length; other++) {
      if (reached[other] === 1) continue;
      const distance = Math.max(Math.sqrt(squaredDistance(points, row, other)), cores[row]!, cores[other]!);
      if (distance < nearest[other]!) {
        nearest[other] = distance;
        from[other] = row;
      }
      if (next < 0 || nearest[other]! < nearest[next]!) next = other;
    }
    lefts[edge] = from[next]!;
    rights[edge] = next;
    heights[edge] = nearest[next]!;
    row = next;
  }
  return { lefts, rights, heights };
}
