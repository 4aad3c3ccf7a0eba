import type { WindowBatch } from '../window/window-batch.js';

/** Windows made ready for an encoder: filled, smoothed, resampled and scaled. Row i belongs to window i of `windows`. */
export interface SeriesBatch {
  readonly windows: WindowBatch;
  readonly length: number;
  /** Steps after resampling. */
  readonly steps: number;
  readonly channels: number;
  readonly values: Float32Array; // (batch, steps, channels)
  /** 0 where a step carries information for the encoder's loss, else the window's mask value. */
  readonly mask: Uint8Array; // (batch, steps, channels)
  /** 1 where every cell of the window is zero, missing or absent. Such a series is all zero, whatever the scaling. */
  readonly inactive: Uint8Array; // (batch)
  /** A scaled value v stands for `inverse(v * scale + center)`; `inverse` is expm1 for log1p, else the identity. */
  readonly centers: Float32Array; // (batch, channels)
  readonly scales: Float32Array; // (batch, channels)
}
