import { isInformative } from '../window/is-informative.js';

/** The members of a segment, as rows of a batch. */
export interface Members {
  readonly rows: Uint32Array;
  readonly steps: number;
  readonly channels: number;
  readonly values: Float32Array; // (batch, steps, channels)
  readonly mask: Uint8Array; // (batch, steps, channels)
  /** 1 where a window has no usage at all. */
  readonly inactive: Uint8Array; // (batch)
}

/** Reads a member's channel; cells that are not known become NaN. */
export function readSeries(members: Members, row: number, channel: number, into: Float64Array): void {
  const { steps, channels, values, mask } = members;
  for (let t = 0, at = row * steps * channels + channel; t < steps; t++, at += channels) {
    into[t] = isInformative(mask[at]!) ? values[at]! : Number.NaN;
  }
}
