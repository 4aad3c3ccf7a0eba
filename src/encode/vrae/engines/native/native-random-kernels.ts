import type { RandomKernelTransform } from '../../../views/random-kernel-engine.js';
import type { RandomKernels } from '../../../views/random-kernels.js';
import type { NativeHandle } from './native-addon.js';

/** Random kernels in the addon, on the caller's thread and without a copy. */
export function createNativeRandomKernels(
  handle: NativeHandle,
  { steps, channels, dilations, biasCounts, subsets, biases }: RandomKernels,
): RandomKernelTransform {
  const kernels = handle.createRandomKernels(steps, channels, dilations, biasCounts, subsets, biases);
  return {
    features: biases.length,
    transform: (values, rows, out) => handle.transformRandomKernels(kernels, values, rows, out),
  };
}
