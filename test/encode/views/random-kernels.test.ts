import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitRandomKernels, type RandomKernelWindows } from '../../../src/encode/views/random-kernels.js';
import { createRandom } from '../../../src/numeric/random.js';
import { transformNaively } from './naive-random-kernels.js';

function createWindows(length: number, steps: number, channels = 1, seed = 1): RandomKernelWindows {
  const random = createRandom(seed);
  const values = Float32Array.from({ length: length * steps * channels }, () => random.normal());
  return { length, steps, channels, values };
}

describe('fitRandomKernels', () => {
  it.each([
    // 2^(i/4 · log2(139/8)) is 1, 2.04, 4.17, 8.51 and 17.4.
    [140, 420, [1, 2, 4, 8, 17], [1, 1, 1, 1, 1]],
    // 1, 1.30, 1.70, 2.21 and 2.875
    [24, 420, [1, 2], [3, 2]],
    // The largest is 5 and a whole number: it must not become 4.
    [41, 168, [1, 5], [1, 1]],
    [1000, 84, [1], [1]],
    [9, 420, [1], [5]],
    [2, 420, [1], [5]],
  ])('spreads the dilations of %i steps and %i features', (steps, features, dilations, biasCounts) => {
    const kernels = fitRandomKernels(createWindows(3, steps), { features, seed: 1 });
    expect([...kernels.dilations]).toEqual(dilations);
    expect([...kernels.biasCounts]).toEqual(biasCounts);
    expect(kernels.biases.length).toBe(features);
  });

  it('shares many features out over 32 dilations at most', () => {
    const { dilations, biasCounts, biases } = fitRandomKernels(createWindows(2, 1000), { features: 5000, seed: 1 });
    expect(dilations.length).toBeLessThanOrEqual(32);
    expect(dilations.at(-1)).toBe(124);
    expect([...dilations]).toEqual([...new Set(dilations)].sort((a, b) => a - b));
    expect(84 * biasCounts.reduce((sum, count) => sum + count)).toBe(84 * Math.floor(5000 / 84));
    expect(biases.length).toBe(84 * Math.floor(5000 / 84));
  });

  it('takes quantiles of the convolution with one window as biases', () => {
    // With one window to draw, a bias has as large a part of the convolution below it as its quantile says.
    const windows = createWindows(1, 200);
    const kernels = fitRandomKernels(windows, { features: 84, seed: 3 });
    const shares = transformNaively(kernels, windows.values, 1);
    for (let kernel = 0; kernel < 84; kernel += 2) {
      const quantile = ((kernel + 1) * 1.618033988749895) % 1;
      expect(Math.abs(1 - shares[kernel]! - quantile)).toBeLessThan(0.01);
    }
  });

  it('draws for each kernel and dilation channels of which every one is used', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), (channels, seed) => {
        const { subsets } = fitRandomKernels(createWindows(2, 30, channels), { seed });
        const used = new Uint8Array(channels);
        for (let at = 0; at < subsets.length; at += channels) {
          const subset = subsets.subarray(at, at + channels);
          const size = subset.reduce((sum, summed) => sum + summed, 0);
          expect(size).toBeGreaterThanOrEqual(1);
          expect(size).toBeLessThanOrEqual(9);
          subset.forEach((summed, channel) => {
            used[channel]! |= summed;
          });
        }
        expect([...used]).toEqual(Array(channels).fill(1));
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('gives the same kernels for the same seed, and others for another', () => {
    const windows = createWindows(20, 24, 3);
    expect(fitRandomKernels(windows, { seed: 5 })).toEqual(fitRandomKernels(windows, { seed: 5 }));
    expect(fitRandomKernels(windows, { seed: 5 }).biases).not.toEqual(fitRandomKernels(windows, { seed: 6 }).biases);
  });

  it('says what is wrong', () => {
    const windows = createWindows(2, 24);
    expect(() => fitRandomKernels(windows, { features: 83, seed: 1 })).toThrow('from 84 to 20000; got 83');
    expect(() => fitRandomKernels(windows, { features: 100.5, seed: 1 })).toThrow('whole number');
    expect(() => fitRandomKernels({ ...windows, length: 0 }, { seed: 1 })).toThrow('got none');
  });
});
