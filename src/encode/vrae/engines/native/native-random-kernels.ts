import type { RandomKernelTransform } from '../../../views/random-kernel-engine.js';
import type { RandomKernels } from '../../../views/random-kernels.js';
import type { NativeAddon } from './native-addon.js';

/** Random kernels in the addon, on the caller's thread and without a copy. `lanes`: floats of the widest vector. */
export function createNativeRandomKernels(
  addon: NativeAddon,
  lanes: number,
  { steps, channels, dilations, biasCounts, subsets, biases }: RandomKernels,
): RandomKernelTransform {
  const { NativeRandomKernels } = addon;
  const kernels = new NativeRandomKernels(lanes, steps, channels, dilations, biasCounts, subsets, biases);
  return {
    features: biases.length,
    transform: (values, rows, out) => kernels.transform(values, rows, out),
  };
}
