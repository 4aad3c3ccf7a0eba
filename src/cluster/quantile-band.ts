import { isInformative } from '../window/is-informative.js';
import type { Members } from './segment-members.js';

/** Between what most members of a segment lie; NaN where no member knows the cell. */
export interface QuantileBand {
  readonly low: Float32Array; // (steps, channels)
  readonly high: Float32Array; // (steps, channels)
}

const LOW = 0.1;
const HIGH = 0.9;
/** Most members that are looked at; evenly spaced ones stand for a larger segment. */
const MOST_MEMBERS = 1_000;

/** The 10 % and the 90 % quantile of each cell over the members that know it, interpolated between order statistics. */
export function quantileBand({ rows, steps, channels, values, mask }: Members): QuantileBand {
  const cells = steps * channels;
  const low = new Float32Array(cells);
  const high = new Float32Array(cells);
  const stride = Math.max(1, Math.ceil(rows.length / MOST_MEMBERS));
  const known = new Float32Array(Math.ceil(rows.length / stride));
  for (let cell = 0; cell < cells; cell++) {
    let n = 0;
    for (let r = 0; r < rows.length; r += stride) {
      const at = rows[r]! * cells + cell;
      if (isInformative(mask[at]!)) known[n++] = values[at]!;
    }
    const sorted = known.subarray(0, n).sort();
    low[cell] = quantile(sorted, LOW);
    high[cell] = quantile(sorted, HIGH);
  }
  return { low, high };
}

function quantile(sorted: Float32Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}
