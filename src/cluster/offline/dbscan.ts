import type { Abortable } from '../../numeric/abortable.js';
import { type Partition, toPartition } from './partition.js';
import { pause } from './pause.js';
import { type Points, squaredDistance } from './points.js';

export interface DbscanOptions {
  /** Distance within which two rows are neighbours. @default see `guessEpsilon` */
  readonly epsilon?: number | undefined;
  /** Neighbours, itself among them, that make a row the core of a cluster. */
  readonly minPoints: number;
  readonly signal?: Abortable | undefined;
}

/** Rows between two stops. */
const PART = 256;

/**
 * Clusters of any shape, by density (Ester, Kriegel, Sander and Xu, 1996). A row on the border of two clusters belongs to
 * the one that is found first. n² distances, none of which is kept.
 */
export async function dbscan(points: Points, { epsilon, minPoints, signal }: DbscanOptions): Promise<Partition> {
  const reach = epsilon ?? (await guessEpsilon(points, minPoints, signal));
  const { length } = points;
  const membership = new Int32Array(length).fill(-1);
  const visited = new Uint8Array(length);
  let clusters = 0;
  let looked = 0;
  const neighboursOf = async (row: number): Promise<number[]> => {
    if (looked++ % PART === 0) await pause(signal);
    const near: number[] = [];
    for (let other = 0; other < length; other++) {
      if (squaredDistance(points, row, other) <= reach * reach) near.push(other);
    }
    return near;
  };
  for (let row = 0; row < length; row++) {
    if (visited[row] === 1) continue;
    visited[row] = 1;
    const near = await neighboursOf(row);
    if (near.length < minPoints) continue;
    const cluster = clusters++;
    membership[row] = cluster;
    const open = near;
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (membership[next]! < 0) membership[next] = cluster;
      if (visited[next] === 1) continue;
      visited[next] = 1;
      const further = await neighboursOf(next);
      if (further.length >= minPoints) for (const other of further) if (membership[other]! < 0) open.push(other);
    }
  }
  const noise = membership.reduce((sum, cluster) => sum + (cluster < 0 ? 1 : 0), 0);
  return toPartition(membership, { epsilon: reach, minPoints, noise });
}

/**
 * The distance at which the rows' distances to their `minPoints`-th neighbour, sorted, turn up most sharply: furthest
 * below the line from the first to the last (Satopää et al., 2011, "Kneedle"), as the authors of DBSCAN read it from a plot.
 */
export async function guessEpsilon(points: Points, minPoints: number, signal?: Abortable): Promise<number> {
  const sorted = (await coreDistances(points, minPoints, signal)).sort();
  const last = sorted.length - 1;
  const rise = sorted[last]! - sorted[0]!;
  let knee = last;
  let most = 0;
  for (let i = 0; i <= last; i++) {
    const below = (i / Math.max(1, last)) * rise - (sorted[i]! - sorted[0]!);
    if (below > most) {
      most = below;
      knee = i;
    }
  }
  return sorted[knee]!;
}

/** Distance of each row to its `neighbours`-th nearest row, itself counted as the first. */
export async function coreDistances(points: Points, neighbours: number, signal?: Abortable): Promise<Float64Array> {
  const { length } = points;
  const rank = Math.min(neighbours, length) - 1;
  const squared = new Float64Array(length);
  const nearest = new Float64Array(rank + 1);
  return forEachRow(length, signal, (row) => {
    for (let other = 0; other < length; other++) squared[other] = squaredDistance(points, row, other);
    nearest.fill(Number.POSITIVE_INFINITY);
    for (const distance of squared) insert(nearest, distance);
    return Math.sqrt(nearest[rank]!);
  });
}

async function forEachRow(
  length: number,
  signal: Abortable | undefined,
  measure: (row: number) => number,
): Promise<Float64Array> {
  const measured = new Float64Array(length);
  for (let row = 0; row < length; row++) {
    if (row % PART === 0) await pause(signal);
    measured[row] = measure(row);
  }
  return measured;
}

/** Keeps the least values, ascending. */
function insert(least: Float64Array, value: number): void {
  let at = least.length - 1;
  if (!(value < least[at]!)) return;
  for (; at > 0 && least[at - 1]! > value; at--) least[at] = least[at - 1]!;
  least[at] = value;
}
