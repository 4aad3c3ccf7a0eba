import { HEAVY_TAPS, KERNELS, TAPS } from '../../encode/views/kernel-taps.js';
import type { RandomKernels } from '../../encode/views/random-kernels.js';
import type { GraphBuilder, Value } from './graph-builder.js';

export interface KernelFeatures {
  readonly features: Value; // (batch, features), float32
  /** Which of the fitted features each of them is. */
  readonly order: readonly number[]; // (features)
}

/**
 * Shares of steps at which a convolution is above its bias, as random kernels count them.
 *
 * The input lies on a grid of 15 bits, on which these convolutions have no rounding, in whatever order a runtime adds:
 * 15 bits, nine channels at most, and twelve times the largest value of a tap are less than the 24 bits of a float32.
 *
 * Kernels that count the inside alone are convolutions without padding, and so come apart from the others.
 *
 * @param windows (batch, steps, channels), float32
 */
export function addRandomKernels(graph: GraphBuilder, kernels: RandomKernels, windows: Value): KernelFeatures {
  const { add, cast, constant, integers } = graph;
  const { steps, channels, dilations, biasCounts, biases } = kernels;
  const input = add('Transpose', [windows], { perm: [0, 2, 1] });
  const shares: Value[] = [];
  const order: number[] = [];
  let first = 0;
  for (const [i, dilation] of dilations.entries()) {
    const count = biasCounts[i]!;
    const margin = ((TAPS - 1) / 2) * dilation;
    for (const parity of [0, 1]) {
      const ofParity = EVERY_KERNEL.filter((kernel) => (i + kernel) % 2 === parity);
      const padding = parity === 1 && 2 * margin < steps ? 0 : margin;
      const weights = constant(toWeights(kernels, i, ofParity), [ofParity.length, channels, TAPS]);
      const attributes = { kernel_shape: [TAPS], dilations: [dilation], pads: [padding, padding] };
      const convolved = add('Conv', [input, weights], attributes);
      const features = ofParity.flatMap((kernel) =>
        Array.from({ length: count }, (_, n) => first + kernel * count + n),
      );
      const bounds = constant(
        Float32Array.from(features, (feature) => biases[feature]!),
        [ofParity.length, count, 1],
      );
      const isAbove = add('Greater', [add('Unsqueeze', [convolved, integers(2)]), bounds]);
      const above = add('ReduceSum', [cast(isAbove, 'float32'), integers(3)], { keepdims: 0 });
      const counted = constant(Float32Array.of(steps + 2 * (padding - margin)), []);
      const share = add('Div', [above, counted]);
      shares.push(add('Reshape', [share, integers(0, features.length)]));
      order.push(...features);
    }
    first += KERNELS * count;
  }
  return { features: add('Concat', shares, { axis: 1 }), order };
}

const EVERY_KERNEL = Array.from({ length: KERNELS }, (_, kernel) => kernel);

/** Three taps of 2 and six of -1 for each channel that a kernel sums. */
function toWeights({ channels, subsets }: RandomKernels, dilation: number, kernels: readonly number[]): Float32Array {
  const weights = new Float32Array(kernels.length * channels * TAPS);
  for (const [row, kernel] of kernels.entries()) {
    for (let channel = 0; channel < channels; channel++) {
      if (subsets[(dilation * KERNELS + kernel) * channels + channel] === 0) continue;
      const at = (row * channels + channel) * TAPS;
      weights.fill(-1, at, at + TAPS);
      for (const tap of HEAVY_TAPS.subarray(3 * kernel, 3 * kernel + 3)) weights[at + tap] = 2;
    }
  }
  return weights;
}
