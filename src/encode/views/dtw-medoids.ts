import { createDtwMeter } from '../../numeric/dtw.js';
import { createRandom } from '../../numeric/random.js';
import type { WindowShape } from './restore-usage.js';

/** Windows that others are described by: how far they are from each under banded dynamic time warping. Plain data. */
export interface DtwMedoids {
  /** Steps by which two windows may be out of step with each other. */
  readonly band: number;
  readonly count: number;
  readonly values: Float32Array; // (count, steps, channels)
}

/** Writes the root of the distance of windows to each medoid: what is near tells more than how far away the far ones are. */
export interface DtwDistances {
  readonly count: number;
  /**
   * @param usage (rows, steps, channels), finite, without gaps
   * @param out (rows, count)
   */
  extract(usage: Float32Array, rows: number, out: Float32Array): void;
}

/** Medoids at most; time goes with it. */
const MOST_MEDOIDS = 32;
/** Windows that medoids are drawn from at most. */
const MOST_DRAWN_FROM = 1_000;
/** Share of a window's steps by which two may be out of step. */
const BAND = 0.1;
/** Distances beyond it count as it: what is projected must stay finite in single precision. */
const MOST_DISTANCE = 1e30;

/**
 * Draws medoids that lie far apart: k-means++ (Arthur and Vassilvitskii, 2007) under banded dynamic time warping. There are
 * fewer where fewer windows differ.
 *
 * @param usage (rows, steps, channels), finite, without gaps
 */
export function drawDtwMedoids(usage: Float32Array, rows: number, shape: WindowShape, seed: number): DtwMedoids {
  const { steps, channels } = shape;
  const cells = steps * channels;
  const band = Math.max(1, Math.round(BAND * steps));
  const random = createRandom(seed);
  const candidates = Math.min(rows, MOST_DRAWN_FROM);
  const offsets = Float64Array.from({ length: candidates }, (_, i) => Math.floor((i * rows) / candidates) * cells);
  const { squared } = createDtwMeter({ steps, channels, band });
  // Squared distance of each candidate to the nearest medoid.
  const nearest = new Float64Array(candidates).fill(Number.POSITIVE_INFINITY);
  const drawn: number[] = [];
  let next = random.below(candidates);
  while (drawn.length < MOST_MEDOIDS) {
    const offset = offsets[next]!;
    drawn.push(offset);
    let total = 0;
    for (let i = 0; i < candidates; i++) {
      const distance = squared(usage, offsets[i]!, usage, offset, nearest[i]!);
      if (distance < nearest[i]!) nearest[i] = distance;
      total += nearest[i]!;
    }
    if (!(total > 0)) break;
    let left = random.next() * total;
    next = nearest.findLastIndex((distance) => distance > 0);
    for (let i = 0; i < next; i++) {
      left -= nearest[i]!;
      if (left < 0) next = i;
    }
  }
  const values = new Float32Array(drawn.length * cells);
  for (const [i, offset] of drawn.entries()) values.set(usage.subarray(offset, offset + cells), i * cells);
  return { band, count: drawn.length, values };
}

export function openDtwDistances({ band, count, values }: DtwMedoids, { steps, channels }: WindowShape): DtwDistances {
  const cells = steps * channels;
  const { squared } = createDtwMeter({ steps, channels, band });
  return {
    count,
    extract(usage, rows, out) {
      for (let row = 0, at = 0; row < rows; row++) {
        for (let i = 0; i < count; i++) {
          const distance = Math.sqrt(squared(usage, row * cells, values, i * cells));
          out[at++] = Math.sqrt(Math.min(MOST_DISTANCE, distance));
        }
      }
    },
  };
}
