import { SegtideError } from '../../errors.js';
import { KERNELS } from './kernel-taps.js';
import { createPlainRandomKernels } from './plain-random-kernels.js';
import type { RandomKernelEngine, RandomKernelTransform } from './random-kernel-engine.js';
import type { RandomKernels } from './random-kernels.js';

/**
 * Makes the transform of fitted kernels on an engine, or in plain typed arrays where the engine has none of its own. It
 * holds nothing that must be freed, and nothing of a call but its result.
 *
 * ```ts
 * const kernels = fitRandomKernels(windows, { seed: 1 });
 * const { features, transform } = openRandomKernels(kernels, engine);
 * const out = new Float32Array(windows.length * features);
 * transform(windows.values, windows.length, out);
 * ```
 *
 * @throws SegtideError `encoder` when the kernels' arrays do not fit together; the transform throws it when an array is
 * smaller than its rows need.
 */
export function openRandomKernels(
  kernels: RandomKernels,
  engine: Partial<RandomKernelEngine> = {},
): RandomKernelTransform {
  check(kernels);
  const cells = kernels.steps * kernels.channels;
  const inner = engine.createRandomKernels?.(kernels) ?? createPlainRandomKernels(kernels);
  const { features } = inner;
  return {
    features,
    transform(values, rows, out) {
      if (values.length < rows * cells || out.length < rows * features) {
        throw new SegtideError(
          'encoder',
          `${rows} windows of ${cells} numbers with ${features} features do not fit arrays of ${values.length} and ` +
            `${out.length} numbers`,
        );
      }
      inner.transform(values, rows, out);
    },
  };
}

function check({ steps, channels, dilations, biasCounts, subsets, biases }: RandomKernels): void {
  const features = KERNELS * biasCounts.reduce((sum, count) => sum + count, 0);
  const fits =
    steps > 0 &&
    channels > 0 &&
    dilations.length > 0 &&
    dilations.every((dilation) => dilation >= 1 && dilation <= steps) &&
    biasCounts.length === dilations.length &&
    biasCounts.every((count) => count >= 1) &&
    subsets.length === dilations.length * KERNELS * channels &&
    everyRowHasOne(subsets, channels) &&
    biases.length === features;
  if (fits) return;
  throw new SegtideError(
    'encoder',
    `Random kernels of ${dilations.length} dilations for ${steps} steps of ${channels} channels have arrays that do not ` +
      `fit: ${subsets.length} subsets, ${biasCounts.length} counts and ${biases.length} biases. Train the model anew.`,
  );
}

function everyRowHasOne(flags: Uint8Array, width: number): boolean {
  for (let at = 0; at < flags.length; at += width) {
    if (!flags.subarray(at, at + width).includes(1)) return false;
  }
  return true;
}
