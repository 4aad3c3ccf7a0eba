import { takeRows } from '../numeric/take-rows.js';
import { type CentroidFit, NO_CENTROID, refitCentroids } from './refit-centroids.js';
import type { GainElsewhere } from './regrouping-gain.js';

export interface ExchangeOptions {
  /**
   * Least part of the inertia that an exchange must take away: it moves all customers of one segment or two, and a few
   * hundredths come and go with the windows that a model is fitted to.
   * @default 0.15
   */
  readonly minGain?: number;
  /** Where an exchange must take away as much. @default nowhere else */
  readonly gainElsewhere?: GainElsewhere | undefined;
}

/**
 * Splits a segment that has become two and merges two that have become one, as long as both together take away enough
 * of the inertia: k-means alone never gets a centroid out of one clump into another. The number of segments stays.
 *
 * Merging a and b costs n_a n_b / (n_a + n_b) |c_a - c_b|²; a split gains what the two halves of a segment, fitted by
 * k-means from either side of its longest direction, have less than the whole. The pair of least cost goes against the
 * split of largest gain, and k-means follows with all centroids. (The criterion of Ward, 1963, either way.)
 *
 * @param fit of these rows; its centroid of the split segment stands for one half, one of the merged ones for the other
 * @returns the fit itself where no exchange is worth it
 */
export async function exchangeCentroids(
  embeddings: Float32Array,
  fit: CentroidFit,
  { minGain = 0.15, gainElsewhere }: ExchangeOptions = {},
): Promise<CentroidFit> {
  let best = fit;
  for (let round = 0; round < fit.k && best.k > 2; round++) {
    const merge = cheapestMerge(best);
    const split = await bestSplit(embeddings, best, merge);
    if (split === undefined || split.gain - merge.cost < minGain * best.inertia) break;
    const start = best.centroids.slice();
    start.set(merge.centroid, merge.into * best.size);
    start.set(split.halves.subarray(0, best.size), split.row * best.size);
    start.set(split.halves.subarray(best.size), merge.from * best.size);
    const next = await refitCentroids(embeddings, best.size, start);
    if (next.inertia > (1 - minGain) * best.inertia) break;
    const elsewhere = await gainElsewhere?.(best.membership, next.membership);
    if (elsewhere !== undefined && elsewhere < minGain) break;
    best = next;
  }
  return best;
}

interface Merge {
  readonly into: number;
  readonly from: number;
  readonly cost: number;
  readonly centroid: Float32Array; // (size)
}

function cheapestMerge({ k, size, centroids, weights }: CentroidFit): Merge {
  let [into, from, cost] = [0, 1, Number.POSITIVE_INFINITY];
  for (let a = 0; a < k; a++) {
    for (let b = a + 1; b < k; b++) {
      const both = weights[a]! + weights[b]!;
      let squared = 0;
      for (let m = 0; m < size; m++) squared += (centroids[a * size + m]! - centroids[b * size + m]!) ** 2;
      const costs = both === 0 ? 0 : ((weights[a]! * weights[b]!) / both) * squared;
      if (costs >= cost) continue;
      [into, from, cost] = weights[a]! >= weights[b]! ? [a, b, costs] : [b, a, costs];
    }
  }
  const both = weights[into]! + weights[from]!;
  const share = both === 0 ? 0.5 : weights[from]! / both;
  const centroid = Float32Array.from({ length: size }, (_, m) => {
    const c = centroids[into * size + m]!;
    return c + share * (centroids[from * size + m]! - c);
  });
  return { into, from, cost, centroid };
}

interface Split {
  readonly row: number;
  readonly gain: number;
  readonly halves: Float32Array; // (2, size)
}

async function bestSplit(
  embeddings: Float32Array,
  { k, size, centroids, membership }: CentroidFit,
  merge: Merge,
): Promise<Split | undefined> {
  let best: Split | undefined;
  for (let row = 0; row < k; row++) {
    if (row === merge.into || row === merge.from) continue;
    const members = membersOf(embeddings, size, membership, row);
    if (members.length < 2 * size) continue;
    const centroid = centroids.subarray(row * size, (row + 1) * size);
    const halves = await refitCentroids(members, size, eitherSide(members, size, centroid));
    const gain = inertiaAbout(members, size, centroid) - halves.inertia;
    if (gain > (best?.gain ?? 0)) best = { row, gain, halves: halves.centroids };
  }
  return best;
}

function membersOf(embeddings: Float32Array, size: number, membership: Uint16Array, row: number): Float32Array {
  const rows: number[] = [];
  for (const [i, j] of membership.entries()) if (j === row && j !== NO_CENTROID) rows.push(i);
  return takeRows(embeddings, size, rows);
}

/** Two places a standard deviation from the centroid, along the direction in which members lie farthest apart. */
function eitherSide(members: Float32Array, size: number, centroid: Float32Array): Float32Array {
  const direction = new Float64Array(size).fill(1);
  let deviation = 0;
  // Some steps of the power iteration do: the halves are fitted afterwards.
  for (let step = 0; step < 8; step++) {
    const length = Math.hypot(...direction) || 1;
    const unit = direction.map((x) => x / length);
    direction.fill(0);
    for (let from = 0; from < members.length; from += size) {
      let along = 0;
      for (let m = 0; m < size; m++) along += (members[from + m]! - centroid[m]!) * unit[m]!;
      for (let m = 0; m < size; m++) direction[m]! += along * (members[from + m]! - centroid[m]!);
    }
    deviation = Math.sqrt((Math.hypot(...direction) * size) / members.length);
  }
  const length = Math.hypot(...direction) || 1;
  return Float32Array.from({ length: 2 * size }, (_, at) => {
    const m = at % size;
    return centroid[m]! + ((at < size ? -1 : 1) * deviation * direction[m]!) / length;
  });
}

function inertiaAbout(members: Float32Array, size: number, centroid: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < members.length; at++) sum += (members[at]! - centroid[at % size]!) ** 2;
  return sum;
}
