import type { ClusterModel } from './cluster-model.js';
import { toUnitRows } from './cluster-points.js';
import { matchSegments } from './match-segments.js';
import { finiteRows, membershipOf } from './refit-centroids.js';
import type { SegmentLineage } from './segment-lineage.js';

export interface ReseedOptions {
  /** Least share of the rows that must come to a centroid at its new place. @default 0.02 */
  readonly minShare?: number;
  /** Least part of the rows' inertia that the new place must take away. @default 0.05 */
  readonly minGain?: number;
}

/** A model some of whose centroids have a new place, and stand for new segments there. */
export interface ReseededModel {
  readonly model: ClusterModel;
  /** Rows of `model.centroids` that are elsewhere now. */
  readonly rows: readonly number[];
  /** What became of all segments, by the rules of `matchSegments`. */
  readonly lineage: readonly SegmentLineage[];
  readonly nextSegmentNumber: number;
}

/**
 * Gives starved centroids a new place, one after the other: of the rows farthest from all other centroids the one that
 * takes most inertia away, and there the mean of the rows that are nearer to it than to any other. Ids follow the members,
 * as at a retraining (`matchSegments`): who is new together gets one never used before, and the starved segment retires.
 *
 * Rows of the starved segments do not count: a reservoir remembers longer than the stream does. A place must be worth
 * it by both options; where none is, the centroid stays.
 *
 * @param starved rows of `model.centroids`
 * @param embeddings of the reservoir, as they are clustered, (rows, size)
 * @returns undefined where no centroid has a new place
 */
export async function reseedStarved(
  model: ClusterModel,
  starved: readonly number[],
  embeddings: Float32Array,
  nextSegmentNumber: number,
  options: ReseedOptions = {},
): Promise<ReseededModel | undefined> {
  const { minShare = 0.02, minGain = 0.05 } = options;
  const { k, size } = model;
  const former = membershipOf(embeddings, size, model.centroids);
  const rows = finiteRows(embeddings, size).filter((row) => !starved.includes(former.membership[row]!));
  const squared = Float64Array.from(rows, () => Number.POSITIVE_INFINITY);
  for (let j = 0; j < k; j++) if (!starved.includes(j)) comeNearer(squared, embeddings, rows, model.centroids, j, size);

  const centroids = model.centroids.slice();
  const weights = model.weights.slice();
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const moved: number[] = [];
  for (const j of starved) {
    const place = bestPlace(squared, embeddings, rows, size);
    const inertia = squared.reduce((sum, d) => sum + d, 0);
    if (place === undefined || place.members < minShare * rows.length || place.gain < minGain * inertia) break;
    const centroid = model.distance === 'cosine' ? toUnitRows(place.centroid, size) : place.centroid;
    centroids.set(centroid, j * size);
    weights[j] = (total * place.members) / rows.length;
    comeNearer(squared, embeddings, rows, centroid, 0, size);
    moved.push(j);
  }
  if (moved.length === 0) return undefined;
  const { membership } = membershipOf(embeddings, size, centroids);
  const match = await matchSegments(
    { segmentIds: model.segmentIds, membership: former.membership },
    { k, membership },
    nextSegmentNumber,
  );
  const born = match.segmentIds.filter((id) => !model.segmentIds.includes(id));
  return {
    model: { ...model, centroids, weights, segmentIds: match.segmentIds, born: [...(model.born ?? []), ...born] },
    rows: moved,
    lineage: match.lineage,
    nextSegmentNumber: match.nextSegmentNumber,
  };
}

/** Rows that are tried as a new place, the farthest first. */
const CANDIDATES = 64;

interface Place {
  readonly centroid: Float32Array; // (size)
  readonly members: number;
  /** Inertia that it takes away. */
  readonly gain: number;
}

function bestPlace(squared: Float64Array, embeddings: Float32Array, rows: Uint32Array, size: number) {
  const farthest = Uint32Array.from(rows, (_, i) => i).sort((a, b) => squared[b]! - squared[a]! || a - b);
  let best: Place | undefined;
  for (const i of farthest.subarray(0, CANDIDATES)) {
    const from = rows[i]! * size;
    const first = placeAt(embeddings.subarray(from, from + size), squared, embeddings, rows, size);
    if (first.members === 0) continue;
    const place = placeAt(first.mean, squared, embeddings, rows, size);
    if (place.gain > (best?.gain ?? 0)) best = { centroid: first.mean, members: place.members, gain: place.gain };
  }
  return best;
}

/** What a centroid at a place would take from the others. */
function placeAt(
  at: Float32Array,
  squared: Float64Array,
  embeddings: Float32Array,
  rows: Uint32Array,
  size: number,
): { readonly mean: Float32Array; readonly members: number; readonly gain: number } {
  const sums = new Float64Array(size);
  let members = 0;
  let gain = 0;
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * size;
    const d = squaredDistance(embeddings, from, at, 0, size);
    if (d >= squared[i]!) continue;
    members++;
    gain += squared[i]! - d;
    for (let m = 0; m < size; m++) sums[m]! += embeddings[from + m]!;
  }
  return { mean: Float32Array.from(sums, (sum) => sum / members), members, gain };
}

/** Lowers the distances of the rows that are nearer to one more centroid. */
function comeNearer(
  squared: Float64Array,
  embeddings: Float32Array,
  rows: Uint32Array,
  centroids: Float32Array,
  j: number,
  size: number,
): void {
  for (let i = 0; i < rows.length; i++) {
    squared[i] = Math.min(squared[i]!, squaredDistance(embeddings, rows[i]! * size, centroids, j * size, size));
  }
}

function squaredDistance(a: Float32Array, from: number, b: Float32Array, at: number, size: number): number {
  let sum = 0;
  for (let m = 0; m < size; m++) {
    const d = a[from + m]! - b[at + m]!;
    sum += d * d;
  }
  return sum;
}
