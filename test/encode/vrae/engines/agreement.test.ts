import { describe, expect, it } from 'vitest';
import { loadNativeAddon } from '../../../../src/encode/vrae/engines/native/native-addon.js';
import { createNativeEngine } from '../../../../src/encode/vrae/engines/native/native-engine.js';
import { createWasmEngine } from '../../../../src/encode/vrae/engines/wasm/wasm-engine.js';
import { bestInstructions } from '../../../../src/encode/vrae/engines/wasm/wasm-module.js';
import { createParameters } from '../../../../src/encode/vrae/initial-parameters.js';
import type { RecurrentEngine } from '../../../../src/encode/vrae/recurrent-engine.js';
import { createVraeNetwork } from '../../../../src/encode/vrae/vrae-network.js';
import { resolveVrae } from '../../../../src/encode/vrae/vrae-options.js';
import { toVraeShape } from '../../../../src/encode/vrae/vrae-shape.js';
import { createRandom } from '../../../../src/numeric/random.js';

type Size = readonly [steps: number, channels: number, hidden: number, latent: number, series: number];

/** Steps, channels, hidden units, latents and series: none a multiple of a vector, T = 1 and one series among them. */
const SIZES: readonly Size[] = [
  [1, 1, 5, 2, 3],
  [24, 1, 32, 8, 70],
  [7, 7, 13, 3, 1],
  [140, 1, 90, 20, 5],
  [60, 3, 33, 7, 65],
];

const builds = bestInstructions() === 'relaxed' ? (['simd128', 'relaxed'] as const) : (['simd128'] as const);

/** The embeddings that a model of these sizes gives, with weights and series drawn from one seed. */
function embed(engine: RecurrentEngine, cell: 'lstm' | 'gru', size: Size): Float32Array {
  const [steps, channels, hidden, latent, length] = size;
  const shape = toVraeShape(resolveVrae({ cell, hidden, latent }), { steps, channels });
  const random = createRandom(5);
  const network = createVraeNetwork(engine, shape, { rows: 64 });
  network.load(createParameters(shape, random).map(Math.fround));
  const values = Float32Array.from({ length: length * steps * channels }, () => random.normal());
  const posterior = new Float32Array(length * 2 * latent);
  network.infer(values, length, posterior);
  network.dispose();
  return posterior.slice(0, length * latent);
}

// On a Node with relaxed SIMD, both builds; test/command/on-node.sh runs it there.
describe.runIf(loadNativeAddon().available)('native and WebAssembly', () => {
  for (const instructions of builds) {
    for (const cell of ['lstm', 'gru'] as const) {
      it.each(SIZES)(`agree in embeddings (${instructions}, ${cell}, T = %i, C = %i, hidden %i, %i, %i)`, (...size) => {
        const native = embed(createNativeEngine(), cell, size);
        const wasm = embed(createWasmEngine({ instructions }), cell, size);
        expect(native.some((x) => Math.abs(x) > 1e-3)).toBe(true);
        for (const [i, x] of native.entries()) expect(Math.abs(x - wasm[i]!)).toBeLessThan(1e-5);
      });
    }
  }
});
