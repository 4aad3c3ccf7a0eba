import { HEAVY_TAPS, TAPS } from './kernel-taps.js';

/** Convolves one window at a time with dilated kernels, in buffers of its own. */
export interface DilatedConvolution {
  /**
   * Takes a window.
   *
   * @param values begins with the window at `at`: (steps, channels)
   * @param subset begins at `subsetAt` with one number for each channel, 1 where it is summed
   */
  load(values: Float32Array, at: number, subset: Uint8Array, subsetAt: number, dilation: number): void;
  /** Convolves it with one of the 84 kernels, at every step; outside of the window are zeros. */
  convolve(kernel: number, out: Float32Array): void;
}

/**
 * Makes the convolution that all engines compute to the bit: single precision, each operation rounded by itself, in this
 * order. Channels are summed as they come, s. The light taps are α(t) = 0 - s(t - 4d) - … - s(t + 4d), which subtracts all
 * nine; the heavy ones add g = 3 s: ((α(t) + g at the first) + g at the second) + g at the third. Whole numbers below
 * 2^19 are therefore convolved without any error.
 *
 * @param most largest dilation
 */
export function createDilatedConvolution(steps: number, channels: number, most: number): DilatedConvolution {
  const { fround } = Math;
  const middle = (TAPS - 1) / 2;
  const padding = middle * most;
  const sums = new Float32Array(steps + 2 * padding);
  const heavy = new Float32Array(steps + 2 * padding);
  const light = new Float32Array(steps);
  let dilation = 1;
  return {
    load(values, at, subset, subsetAt, of) {
      dilation = of;
      sums.fill(0, padding, padding + steps);
      for (let channel = 0; channel < channels; channel++) {
        if (subset[subsetAt + channel] === 0) continue;
        for (let t = 0, p = at + channel; t < steps; t++, p += channels) sums[padding + t]! += values[p]!;
      }
      for (let t = padding; t < padding + steps; t++) heavy[t] = 3 * sums[t]!;
      light.fill(0);
      for (let tap = 0, p = padding - middle * dilation; tap < TAPS; tap++, p += dilation) {
        for (let t = 0; t < steps; t++) light[t]! -= sums[p + t]!;
      }
    },
    convolve(kernel, out) {
      const start = padding - middle * dilation;
      const first = start + HEAVY_TAPS[3 * kernel]! * dilation;
      const second = start + HEAVY_TAPS[3 * kernel + 1]! * dilation;
      const third = start + HEAVY_TAPS[3 * kernel + 2]! * dilation;
      for (let t = 0; t < steps; t++) {
        out[t] = fround(fround(light[t]! + heavy[first + t]!) + heavy[second + t]!) + heavy[third + t]!;
      }
    },
  };
}
