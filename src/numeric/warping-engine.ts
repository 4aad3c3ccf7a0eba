import type { Warping } from './dtw.js';

/** What an engine computes for dynamic time warping, where it has something faster than plain typed arrays. */
export interface WarpingEngine {
  /** See `warpPlainly`; the same bits on every engine. */
  warp(task: WarpingTask): void;
}

/** Series, references, and where it is written how far they are apart. */
export interface WarpingTask extends Warping {
  readonly series: Float32Array; // (rows, steps, channels), finite
  readonly references: Float32Array; // (count, steps, channels), finite
  /** Infinity where single precision has no number for it. Shares no memory with the others. */
  readonly squared: Float32Array; // (rows, count)
}
