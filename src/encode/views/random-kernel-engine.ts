import type { RandomKernels } from './random-kernels.js';

/** What an engine computes for random kernels, where it has something faster than plain typed arrays. */
export interface RandomKernelEngine {
  /** What it makes is of no use once the engine has been disposed of. */
  createRandomKernels(kernels: RandomKernels): RandomKernelTransform;
}

export interface RandomKernelTransform {
  /** Numbers that come out for a window. */
  readonly features: number;
  /**
   * Writes for each window and bias the share of steps at which the convolution is above the bias, in [0, 1].
   *
   * Each row depends on its own window alone, and every engine gives the same bits. Every other kernel counts only the
   * steps at which all of its taps are in the window; where a dilation has no such step, all count every step.
   *
   * @param values (rows, steps, channels), finite, without gaps
   * @param out (rows, features)
   */
  transform(values: Float32Array, rows: number, out: Float32Array): void;
}
