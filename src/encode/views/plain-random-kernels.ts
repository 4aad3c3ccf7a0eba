import { createDilatedConvolution } from './dilated-convolution.js';
import { KERNELS, TAPS } from './kernel-taps.js';
import type { RandomKernelTransform } from './random-kernel-engine.js';
import type { RandomKernels } from './random-kernels.js';

/** Random kernels in plain typed arrays: what runs everywhere, and what the engines are compared with, bit by bit. */
export function createPlainRandomKernels(kernels: RandomKernels): RandomKernelTransform {
  const { steps, channels, dilations, biasCounts, subsets, biases } = kernels;
  const cells = steps * channels;
  const convolution = createDilatedConvolution(steps, channels, Math.max(...dilations));
  const convolved = new Float32Array(steps);

  const transformWindow = (values: Float32Array, at: number, out: Float32Array, outAt: number): void => {
    let feature = 0;
    for (let i = 0; i < dilations.length; i++) {
      const margin = ((TAPS - 1) / 2) * dilations[i]!;
      const hasInside = 2 * margin < steps;
      for (let kernel = 0; kernel < KERNELS; kernel++) {
        // With one channel all kernels of a dilation sum the same.
        if (channels > 1 || kernel === 0) {
          convolution.load(values, at, subsets, (i * KERNELS + kernel) * channels, dilations[i]!);
        }
        convolution.convolve(kernel, convolved);
        const skipped = hasInside && (i + kernel) % 2 === 1 ? margin : 0;
        for (let n = 0; n < biasCounts[i]!; n++, feature++) {
          out[outAt + feature] = shareAbove(convolved, skipped, steps - skipped, biases[feature]!);
        }
      }
    }
  };

  return {
    features: biases.length,
    transform(values, rows, out) {
      for (let row = 0; row < rows; row++) transformWindow(values, row * cells, out, row * biases.length);
    },
  };
}

function shareAbove(values: Float32Array, from: number, to: number, bound: number): number {
  let count = 0;
  for (let t = from; t < to; t++) {
    if (values[t]! > bound) count++;
  }
  return count / (to - from);
}
