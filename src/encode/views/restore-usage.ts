import { signedExpm1 } from '../../series/log1p.js';
import { MASK_ABSENT, MASK_MISSING } from '../../window/window-batch.js';
import type { UsageScale } from './usage-scale.js';

/** Dense windows of one shape. */
export interface WindowShape {
  readonly steps: number;
  readonly channels: number;
}

/** The largest number of single precision: what windows hold at most, which the way to series and back may round up. */
export const MOST_USAGE = (2 - 2 ** -23) * 2 ** 127;

/**
 * Takes prepared windows back to usage, without gaps: unknown cells lie on the line between their known neighbours, at
 * the edges they take the nearest known value, and a channel without any is zero.
 *
 * A window of which every prepared value is zero is one without usage, as `prepareSeries` leaves it. What leaves is
 * finite.
 *
 * @param scale undefined where windows are scaled by themselves, and are taken as they are
 * @param values (rows, steps, channels), prepared
 * @param mask (rows, steps, channels), 2 or 3 where a cell is unknown
 * @param out (rows, steps, channels)
 */
export function restoreUsage(
  scale: UsageScale | undefined,
  { steps, channels }: WindowShape,
  values: Float32Array,
  mask: Uint8Array,
  rows: number,
  out: Float32Array,
): void {
  const cells = steps * channels;
  const asTheyAre = scale === undefined || changesNothing(scale);
  for (let row = 0, at = 0; row < rows; row++, at += cells) {
    if (isZero(values, at, cells)) {
      out.fill(0, at, at + cells);
      continue;
    }
    if (asTheyAre) {
      out.set(values.subarray(at, at + cells), at);
    } else {
      for (let i = at, channel = 0; i < at + cells; i++) {
        out[i] = toUsage(values[i]!, channel, scale);
        if (++channel === channels) channel = 0;
      }
    }
    if (!hasGap(mask, at, cells)) continue;
    for (let channel = 0; channel < channels; channel++) fillLinearly(out, mask, at + channel, steps, channels);
  }
}

/** Whether windows are usage without gaps as they are. */
export function isUsage(scale: UsageScale | undefined, mask: Uint8Array, cells: number): boolean {
  if (scale !== undefined && !changesNothing(scale)) return false;
  const known = mask.subarray(0, cells);
  return !known.includes(MASK_MISSING) && !known.includes(MASK_ABSENT);
}

/** Of the center: what is left of a zero that was shifted to it and back, in single precision. */
const ROUNDING = 2 ** -20;

function toUsage(value: number, channel: number, { centers, scales, log }: UsageScale): number {
  const center = centers[channel]!;
  const shifted = value * scales[channel]! + center;
  if (Math.abs(shifted) <= ROUNDING * Math.abs(center)) return 0;
  const usage = log ? signedExpm1(shifted) : shifted;
  return usage > MOST_USAGE ? MOST_USAGE : usage < -MOST_USAGE ? -MOST_USAGE : usage;
}

/** Of views that look at windows as they are prepared. */
function changesNothing({ centers, scales, log }: UsageScale): boolean {
  return !log && centers.every((center) => center === 0) && scales.every((scale) => scale === 1);
}

function hasGap(mask: Uint8Array, at: number, cells: number): boolean {
  for (let i = at; i < at + cells; i++) if (mask[i]! >= MASK_MISSING) return true;
  return false;
}

function isZero(values: Float32Array, at: number, cells: number): boolean {
  for (let i = at; i < at + cells; i++) if (values[i] !== 0) return false;
  return true;
}

function fillLinearly(values: Float32Array, mask: Uint8Array, first: number, steps: number, stride: number): void {
  let left = -1;
  for (let t = 0; t < steps; t++) {
    if (mask[first + t * stride]! >= MASK_MISSING) continue;
    const right = values[first + t * stride]!;
    const from = left < 0 ? right : values[first + left * stride]!;
    const rise = (right - from) / (t - left);
    for (let gap = left + 1; gap < t; gap++) values[first + gap * stride] = from + rise * (gap - left);
    left = t;
  }
  const last = left < 0 ? 0 : values[first + left * stride]!;
  for (let gap = left + 1; gap < steps; gap++) values[first + gap * stride] = last;
}
