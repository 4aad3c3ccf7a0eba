import { MASK_MISSING } from '../../window/window-batch.js';
import type { WindowShape } from './restore-usage.js';

/** What is usual in each channel, over windows with any usage in it. Plain data; 1 where there is none, or no view asks. */
export interface ChannelLevels {
  /** Median of the windows' mean absolute usage. */
  readonly sizes: readonly number[]; // (channels)
  /** Median of the windows' standard deviations. */
  readonly spreads: readonly number[]; // (channels)
}

/** Numbers a channel has in the view `level`. */
export const LEVEL_FEATURES = 4;

/** In units of the usual spread: below it, spreads are told apart ever less. */
export const SPREAD_FLOOR = 1e-3;

/** The usual mean is at 10, from where on the scale is all but logarithmic. */
export const USUAL_MEAN = 10;

/** Where no view asks what is usual. */
export function unitLevels(channels: number): ChannelLevels {
  return { sizes: Array<number>(channels).fill(1), spreads: Array<number>(channels).fill(1) };
}

/**
 * Fits what is usual in each channel.
 *
 * @param usage (rows, steps, channels), without gaps
 */
export function fitChannelLevels({ steps, channels }: WindowShape, usage: Float32Array, rows: number): ChannelLevels {
  const sizes: number[] = [];
  const spreads: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const means = new Float64Array(rows);
    const deviations = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      const first = row * steps * channels + channel;
      let sum = 0;
      let absolute = 0;
      for (let t = 0, p = first; t < steps; t++, p += channels) {
        sum += usage[p]!;
        absolute += Math.abs(usage[p]!);
      }
      let squares = 0;
      const mean = sum / steps;
      for (let t = 0, p = first; t < steps; t++, p += channels) squares += (usage[p]! - mean) * (usage[p]! - mean);
      means[row] = absolute / steps;
      deviations[row] = Math.sqrt(squares / steps);
    }
    sizes.push(positiveMedian(means));
    spreads.push(positiveMedian(deviations));
  }
  return { sizes, spreads };
}

/**
 * Writes four numbers for each channel of each window: its mean, on a scale that is linear about zero and logarithmic
 * beyond; the logarithm of its standard deviation; its share of zeros; its share of unknown steps. The first three are
 * of its known steps, and those of zeros where it has none.
 *
 * @param usage (rows, steps, channels)
 * @param mask (rows, steps, channels), 2 or 3 where a step is unknown
 * @param out (rows, channels, 4)
 */
export function writeLevels(
  { steps, channels }: WindowShape,
  { sizes, spreads }: ChannelLevels,
  usage: Float32Array,
  mask: Uint8Array,
  rows: number,
  out: Float32Array,
): void {
  for (let row = 0, to = 0; row < rows; row++) {
    for (let channel = 0; channel < channels; channel++, to += LEVEL_FEATURES) {
      const first = row * steps * channels + channel;
      let known = 0;
      let zeros = 0;
      let sum = 0;
      for (let t = 0, p = first; t < steps; t++, p += channels) {
        if (mask[p]! >= MASK_MISSING) continue;
        known++;
        sum += usage[p]!;
        if (usage[p] === 0) zeros++;
      }
      const mean = known === 0 ? 0 : sum / known;
      let squares = 0;
      for (let t = 0, p = first; t < steps; t++, p += channels) {
        if (mask[p]! < MASK_MISSING) squares += (usage[p]! - mean) ** 2;
      }
      const deviation = known === 0 ? 0 : Math.sqrt(squares / known);
      out[to] = Math.sign(mean) * Math.log1p((USUAL_MEAN * Math.abs(mean)) / sizes[channel]!);
      out[to + 1] = Math.log(deviation / spreads[channel]! + SPREAD_FLOOR);
      out[to + 2] = known === 0 ? 1 : zeros / known;
      out[to + 3] = 1 - known / steps;
    }
  }
}

function positiveMedian(values: Float64Array): number {
  const sorted = values.sort();
  const first = sorted.findIndex((value) => value > 0);
  if (first < 0) return 1;
  return sorted[Math.floor((first + sorted.length) / 2)]!;
}
