import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPlainRandomKernels } from '../../../src/encode/views/plain-random-kernels.js';
import { fitRandomKernels, type RandomKernels } from '../../../src/encode/views/random-kernels.js';
import { transformNaively } from './naive-random-kernels.js';
import { kernelSamples } from './window-samples.js';

interface AeonCase extends Record<Exclude<keyof RandomKernels, 'steps' | 'channels'>, number[]> {
  readonly name: string;
  readonly steps: number;
  readonly channels: number;
  readonly values: number[];
  readonly features: number[];
}

const AEON: readonly AeonCase[] = JSON.parse(
  readFileSync(new URL('fixtures/minirocket-aeon.json', import.meta.url), 'utf8'),
);

function transform(kernels: RandomKernels, values: Float32Array, rows: number): Float32Array {
  const { features, transform } = createPlainRandomKernels(kernels);
  const out = new Float32Array(rows * features);
  transform(values, rows, out);
  return out;
}

describe('createPlainRandomKernels', () => {
  it('does what the definition says, exactly where the windows hold whole numbers', () => {
    // Whole numbers are convolved without error in single precision, ties with the biases included.
    const samples = kernelSamples((random) => Math.floor(random.next() ** 3 * 40) - 3);
    fc.assert(
      fc.property(samples, ({ kernels, windows: { values, length } }) => {
        const rows = Math.min(length, 3);
        expect([...transform(kernels, values, rows)]).toEqual(transformNaively(kernels, values, rows));
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it.each(AEON)("gives the features of aeon's MiniRocket with the same biases: $name", (sample) => {
    const { steps, channels, values, features } = sample;
    const kernels: RandomKernels = {
      steps,
      channels,
      dilations: Int32Array.from(sample.dilations),
      biasCounts: Int32Array.from(sample.biasCounts),
      subsets: Uint8Array.from(sample.subsets),
      biases: Float32Array.from(sample.biases),
    };
    const rows = values.length / (steps * channels);
    expect(transform(kernels, Float32Array.from(values), rows)).toEqual(Float32Array.from(features));
  });

  it('counts by hand', () => {
    // Kernel 0 weighs the first three taps by 2, and counts all steps: an impulse in the middle of nine steps comes out
    // reversed, as -1 six times and then as 2 at the last three steps.
    const kernels: RandomKernels = {
      steps: 9,
      channels: 1,
      dilations: Int32Array.of(1),
      biasCounts: Int32Array.of(2),
      subsets: new Uint8Array(84).fill(1),
      biases: Float32Array.from({ length: 168 }, (_, i) => (i % 2 === 0 ? -1 : 1.5)),
    };
    const impulse = Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0);
    const features = transform(kernels, impulse, 1);
    expect([...features.subarray(0, 2)]).toEqual([Math.fround(3 / 9), Math.fround(3 / 9)]);
    // Kernel 1 counts the only step at which all taps are inside; its fifth tap weighs -1, which is not above -1.
    expect([...features.subarray(2, 4)]).toEqual([0, 0]);
    // Kernel 3 weighs the taps 0, 1 and 5; kernel 2 the taps 0, 1 and 4, and counts all steps again.
    expect([...features.subarray(4, 8)]).toEqual([Math.fround(3 / 9), Math.fround(3 / 9), 0, 0]);
  });

  it.each([
    ['zero', () => 0],
    ['constant', () => 0.1],
    ['huge', (i: number) => (i % 7 === 0 ? 1e9 : 1e-9)],
    ['beyond what can be summed', (i: number) => (i % 2 === 0 ? 3e38 : -3e38)],
  ])('gives shares for windows that are %s', (_, value) => {
    for (const steps of [1, 2, 9, 24]) {
      const values = Float32Array.from({ length: 3 * steps * 2 }, (_, i) => value(i));
      const kernels = fitRandomKernels({ length: 3, steps, channels: 2, values }, { seed: 1 });
      for (const share of transform(kernels, values, 3)) expect(share >= 0 && share <= 1).toBe(true);
    }
  });
});
