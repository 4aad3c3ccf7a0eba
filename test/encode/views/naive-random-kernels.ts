import type { RandomKernels } from '../../../src/encode/views/random-kernels.js';

/** The definition: nine taps of each kernel at each step, in double precision, zeros outside of the window. */
export function transformNaively(kernels: RandomKernels, values: Float32Array, rows: number): number[] {
  const { steps, channels, dilations, biasCounts, subsets, biases } = kernels;
  const weights = naiveWeights();
  const features: number[] = [];
  for (let row = 0; row < rows; row++) {
    let feature = 0;
    dilations.forEach((dilation, i) => {
      weights.forEach((taps, kernel) => {
        const subset = subsets.subarray((i * weights.length + kernel) * channels).subarray(0, channels);
        const convolved: number[] = [];
        for (let t = 0; t < steps; t++) {
          const reached = taps.map((_, tap) => t + (tap - 4) * dilation);
          const inside = reached.every((at) => at >= 0 && at < steps);
          if ((i + kernel) % 2 === 1 && 8 * dilation < steps && !inside) continue;
          let sum = 0;
          reached.forEach((at, tap) => {
            if (at < 0 || at >= steps) return;
            subset.forEach((summed, channel) => {
              sum += summed * taps[tap]! * values[(row * steps + at) * channels + channel]!;
            });
          });
          convolved.push(sum);
        }
        for (let n = 0; n < biasCounts[i]!; n++, feature++) {
          const above = convolved.filter((sum) => sum > biases[feature]!).length;
          features.push(Math.fround(above / convolved.length));
        }
      });
    });
  }
  return features;
}

/** All ways to give three of nine taps a weight of 2 and the rest -1, the earliest taps first. */
function naiveWeights(): number[][] {
  const weights: number[][] = [];
  for (let bits = 0b111_111_111; bits >= 0; bits--) {
    const taps = [...bits.toString(2).padStart(9, '0')];
    if (taps.filter((tap) => tap === '1').length === 3) weights.push(taps.map((tap) => (tap === '1' ? 2 : -1)));
  }
  return weights;
}
