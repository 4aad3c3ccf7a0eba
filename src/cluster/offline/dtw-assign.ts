import { createDtwMeter, type Warping } from '../../numeric/dtw.js';
import { envelopeOf, lowerBound } from './envelope.js';

/** Rows of a table of series that are to be assigned. */
export interface DtwChunk {
  readonly from: number;
  readonly to: number;
  readonly centroids: Float64Array; // (k, steps, channels)
  /** Whether barycentres are to be moved: then the sums are filled, too. */
  readonly learns: boolean;
}

/** Nearest centroids of rows, and what those rows teach. */
export interface DtwAssignment {
  readonly nearest: Uint16Array; // (to - from)
  readonly squared: Float64Array; // (to - from)
  /** Sum of the values that fall on each step of each centroid, and how many did. */
  readonly sums: Float64Array; // (k, steps, channels)
  readonly counts: Float64Array; // (k, steps)
  /** Distances that were measured, and those that the lower bound spared. */
  readonly measured: number;
  readonly spared: number;
}

/**
 * Assigns rows to their nearest centroids by banded dynamic time warping, of equals to the first. A distance is measured
 * only where the lower bound leaves room for it to be the least, and given up when it can't be any more.
 */
export function assignByDtw(
  values: Float32Array,
  warping: Warping,
  { from, to, centroids, learns }: DtwChunk,
): DtwAssignment {
  const { steps, channels } = warping;
  const cells = steps * channels;
  const k = centroids.length / cells;
  const meter = createDtwMeter(warping);
  const envelopes = Array.from({ length: k }, (_, j) =>
    envelopeOf(centroids.subarray(j * cells, (j + 1) * cells), warping),
  );
  const nearest = new Uint16Array(to - from);
  const squared = new Float64Array(to - from);
  const sums = new Float64Array(centroids.length);
  const counts = new Float64Array(k * steps);
  const bounds = new Float64Array(k);
  const order = Array.from({ length: k }, (_, j) => j);
  let measured = 0;
  for (let row = from; row < to; row++) {
    for (let j = 0; j < k; j++) bounds[j] = lowerBound(envelopes[j]!, values, row * cells);
    // The likeliest first: the sooner the least is known, the more is spared.
    order.sort((a, b) => bounds[a]! - bounds[b]! || a - b);
    let best = order[0]!;
    let least = Number.POSITIVE_INFINITY;
    for (const j of order) {
      if (bounds[j]! > least) break;
      measured++;
      const distance = meter.squared(values, row * cells, centroids, j * cells, nextAbove(least));
      if (distance > least || (distance === least && j > best)) continue;
      least = distance;
      best = j;
    }
    nearest[row - from] = best;
    squared[row - from] = least;
    if (!learns) continue;
    meter.align(values, row * cells, centroids, best * cells, (step, stepOfCentroid) => {
      counts[best * steps + stepOfCentroid]! += 1;
      const at = best * cells + stepOfCentroid * channels;
      for (let channel = 0; channel < channels; channel++) {
        sums[at + channel]! += values[row * cells + step * channels + channel]!;
      }
    });
  }
  return { nearest, squared, sums, counts, measured, spared: (to - from) * k - measured };
}

/** A limit that an equal distance does not reach. */
function nextAbove(value: number): number {
  return value === 0 ? Number.MIN_VALUE : value * (1 + Number.EPSILON);
}
