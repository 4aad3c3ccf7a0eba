import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openRandomKernels } from '../../../src/encode/views/open-random-kernels.js';
import type { RandomKernelEngine } from '../../../src/encode/views/random-kernel-engine.js';
import { fitRandomKernels } from '../../../src/encode/views/random-kernels.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { loadNativeAddon } from '../../../src/encode/vrae/engines/native/native-addon.js';
import { createNativeEngine } from '../../../src/encode/vrae/engines/native/native-engine.js';
import { createWasmEngine } from '../../../src/encode/vrae/engines/wasm/wasm-engine.js';
import { bestInstructions } from '../../../src/encode/vrae/engines/wasm/wasm-module.js';
import { type KernelSample, kernelSamples } from './window-samples.js';

const NATIVE = loadNativeAddon().available ? (['avx512', 'avx2', 'baseline'] as const) : [];
const WASM = bestInstructions() === 'relaxed' ? (['relaxed', 'simd128'] as const) : (['simd128'] as const);

const ENGINES = [
  ...NATIVE.map((instructions) => ({
    name: `native with ${instructions} at most`,
    create: () => createNativeEngine({ instructions }),
  })),
  ...WASM.map((instructions) => ({
    name: `WebAssembly with ${instructions}`,
    create: () => createWasmEngine({ instructions }),
  })),
];

function transform({ kernels, windows }: KernelSample, engine: Partial<RandomKernelEngine>): Float32Array {
  const { features, transform } = openRandomKernels(kernels, engine);
  const out = new Float32Array(windows.length * features);
  transform(windows.values, windows.length, out);
  return out;
}

describe.each(ENGINES)('random kernels on $name', ({ create }) => {
  const engine = create();
  afterAll(() => engine.dispose());

  it('are bit for bit those of plain typed arrays, for any size', () => {
    fc.assert(
      fc.property(
        kernelSamples((random) => random.normal()),
        (sample) => {
          expect(Buffer.compare(toBytes(transform(sample, engine)), toBytes(transform(sample, {})))).toBe(0);
        },
      ),
      { numRuns: 60, seed: 2 },
    );
  });

  it('make of a window the same in any batch', () => {
    const [sample] = fc.sample(
      kernelSamples((random) => random.normal()),
      { numRuns: 1, seed: 5 },
    );
    const { kernels, windows } = sample!;
    const cells = windows.steps * windows.channels;
    const length = 150;
    const values = Float32Array.from({ length: length * cells }, (_, i) => Math.sin(i * i));
    const whole = transform({ kernels, windows: { ...windows, length, values } }, engine);
    for (const row of [0, 15, 16, 63, 64, 149]) {
      const alone = { ...windows, length: 1, values: values.slice(row * cells, (row + 1) * cells) };
      const { length: features } = kernels.biases;
      expect(transform({ kernels, windows: alone }, engine)).toEqual(whole.slice(row * features, (row + 1) * features));
    }
  });
});

describe('openRandomKernels', () => {
  const windows = { length: 3, steps: 18, channels: 2, values: Float32Array.from({ length: 108 }, (_, i) => i % 5) };
  const kernels = fitRandomKernels(windows, { seed: 1 });

  it('takes plain typed arrays for an engine without random kernels', () => {
    const { features, transform } = openRandomKernels(kernels, createJsEngine());
    expect(features).toBe(420);
    const out = new Float32Array(3 * 420);
    transform(windows.values, 3, out);
    expect(out.some((share) => share > 0)).toBe(true);
  });

  it('leaves what is behind the rows as it was, and does nothing for none', () => {
    const out = new Float32Array(4 * 420).fill(7);
    const { transform } = openRandomKernels(kernels, createWasmEngine());
    transform(windows.values, 0, out);
    expect(out.every((share) => share === 7)).toBe(true);
    transform(windows.values, 3, out);
    expect(out.subarray(3 * 420).every((share) => share === 7)).toBe(true);
  });

  it('refuses arrays that are too small, and kernels that do not fit together', () => {
    const { transform } = openRandomKernels(kernels);
    expect(() => transform(windows.values, 4, new Float32Array(4 * 420))).toThrow(/4 windows of 36 numbers/);
    expect(() => transform(windows.values, 3, new Float32Array(3 * 419))).toThrow('do not fit');
    for (const wrong of [
      { biases: kernels.biases.subarray(1) },
      { subsets: kernels.subsets.subarray(2) },
      { subsets: kernels.subsets.map((summed, i) => (i < 2 ? 0 : summed)) },
      { biasCounts: Int32Array.of(5) },
      { dilations: Int32Array.of(0, 1) },
      { dilations: new Int32Array(0) },
      { steps: 0 },
    ]) {
      expect(() => openRandomKernels({ ...kernels, ...wrong }), JSON.stringify(wrong)).toThrow('Train the model anew');
    }
  });
});

function toBytes({ buffer }: Float32Array): Uint8Array {
  return new Uint8Array(buffer);
}
