import fc from 'fast-check';
import {
  fitRandomKernels,
  type RandomKernels,
  type RandomKernelWindows,
} from '../../../src/encode/views/random-kernels.js';
import { createRandom } from '../../../src/numeric/random.js';

/** Kernels, fitted to a few windows, and other windows to transform. */
export interface KernelSample {
  readonly kernels: RandomKernels;
  readonly windows: RandomKernelWindows;
}

const SIZES = fc.record({
  steps: fc.oneof(fc.integer({ min: 2, max: 40 }), fc.constantFrom(1, 8, 9, 16, 17, 140)),
  channels: fc.integer({ min: 1, max: 7 }),
  length: fc.integer({ min: 1, max: 37 }),
  features: fc.constantFrom(84, 168, 420, 600, 1000),
  seed: fc.nat(),
});

/** Samples of any size whose windows hold what `draw` gives. */
export function kernelSamples(draw: (random: ReturnType<typeof createRandom>) => number): fc.Arbitrary<KernelSample> {
  return SIZES.map(({ features, seed, ...size }) => {
    const random = createRandom(seed);
    const make = (length: number): RandomKernelWindows => ({
      ...size,
      length,
      values: Float32Array.from({ length: length * size.steps * size.channels }, () => draw(random)),
    });
    return { kernels: fitRandomKernels(make(5), { features, seed }), windows: make(size.length) };
  });
}
