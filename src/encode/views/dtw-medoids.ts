import { createRandom } from '../../numeric/random.js';
import { warpPlainly } from '../../numeric/warp-plainly.js';
import type { WarpingEngine, WarpingTask } from '../../numeric/warping-engine.js';
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
/** Squared distances beyond the largest number of single precision count as it: what is projected must stay finite. */
const FARTHEST = (2 - 2 ** -23) * 2 ** 127;

/**
 * Draws medoids that lie far apart: k-means++ (Arthur and Vassilvitskii, 2007) under banded dynamic time warping. There are
 * fewer where fewer windows differ.
 *
 * @param usage (rows, steps, channels), finite, without gaps
 */
export function drawDtwMedoids(
  usage: Float32Array,
  rows: number,
  { steps, channels }: WindowShape,
  seed: number,
  engine: Partial<WarpingEngine> = {},
): DtwMedoids {
  const cells = steps * channels;
  const band = Math.max(1, Math.round(BAND * steps));
  const random = createRandom(seed);
  const length = Math.min(rows, MOST_DRAWN_FROM);
  const candidates = new Float32Array(length * cells);
  for (let i = 0; i < length; i++) {
    const offset = Math.floor((i * rows) / length) * cells;
    candidates.set(usage.subarray(offset, offset + cells), i * cells);
  }
  const squared = new Float32Array(length);
  // Squared distance of each candidate to the nearest medoid.
  const nearest = new Float64Array(length).fill(FARTHEST);
  const drawn: Float32Array[] = [];
  let next = random.below(length);
  while (drawn.length < MOST_MEDOIDS) {
    const medoid = candidates.subarray(next * cells, (next + 1) * cells);
    drawn.push(medoid);
    warpWith(engine, { steps, channels, band, series: medoid, references: candidates, squared });
    let total = 0;
    for (let i = 0; i < length; i++) {
      nearest[i] = Math.min(nearest[i]!, squared[i]!);
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
  for (const [i, medoid] of drawn.entries()) values.set(medoid, i * cells);
  return { band, count: drawn.length, values };
}

/** The same bits on every engine. */
export function openDtwDistances(
  { band, count, values }: DtwMedoids,
  { steps, channels }: WindowShape,
  engine: Partial<WarpingEngine> = {},
): DtwDistances {
  const cells = steps * channels;
  return {
    count,
    extract(usage, rows, out) {
      const series = usage.subarray(0, rows * cells);
      const squared = out.subarray(0, rows * count);
      warpWith(engine, { steps, channels, band, series, references: values, squared });
      for (let at = 0; at < squared.length; at++) {
        squared[at] = Math.sqrt(Math.sqrt(Math.min(FARTHEST, squared[at]!)));
      }
    },
  };
}

function warpWith(engine: Partial<WarpingEngine>, task: WarpingTask): void {
  if (engine.warp === undefined) warpPlainly(task);
  else engine.warp(task);
}
