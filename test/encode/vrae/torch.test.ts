import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { createOptimizer } from '../../../src/encode/vrae/optimizer.js';
import { toLayout } from '../../../src/encode/vrae/vrae-layout.js';
import { createVraeNetwork } from '../../../src/encode/vrae/vrae-network.js';
import { resolveVrae, type VraeOptions } from '../../../src/encode/vrae/vrae-options.js';
import { toVraeShape } from '../../../src/encode/vrae/vrae-shape.js';
import { relativeErrors } from './gradient-check.js';

/** Made by fixtures/vrae_torch.py. */
interface Fixture {
  readonly sizes: Readonly<Record<'steps' | 'channels' | 'hidden' | 'latent' | 'rows' | 'beta', number>>;
  readonly cases: readonly {
    readonly options: VraeOptions;
    readonly tensors: readonly (readonly [string, readonly number[]])[];
    readonly loss: number;
    readonly reconstruction: number;
    readonly divergence: number;
    readonly gradient: readonly number[];
  }[];
  readonly optimizers: readonly { readonly options: VraeOptions; readonly path: readonly number[] }[];
}

const { sizes, cases, optimizers } = JSON.parse(
  readFileSync(new URL('./fixtures/vrae-torch.json', import.meta.url), 'utf8'),
) as Fixture;
const { steps, channels, hidden, latent, rows, beta } = sizes;

/** As in the script. */
function sines(count: number, scale: number, speed: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => scale * Math.sin(speed * (i + 1)));
}

describe('PyTorch and the network', () => {
  const cells = rows * steps * channels;
  const batch = {
    rows,
    values: Float32Array.from(sines(cells, 1.3, 0.9)),
    mask: Uint8Array.from({ length: cells }, (_, i) => (i % 5 === 3 ? 2 : i % 2)),
    noise: sines(rows * latent, 1, 2.3),
    beta,
  };
  for (const expected of cases) {
    it(`agree in loss and gradient for ${JSON.stringify(expected.options)}`, () => {
      const settings = resolveVrae({ cell: 'lstm', bidirectional: false, hidden, latent, ...expected.options });
      const shape = toVraeShape(settings, { steps, channels });
      const layout = toLayout(shape);
      expect(layout.tensors.map(({ name, shape: size }) => [name, size])).toEqual(expected.tensors);
      const network = createVraeNetwork(createJsEngine(), shape, { rows, training: settings });
      const gradient = new Float64Array(layout.count);
      network.load(sines(layout.count, 0.6, 1.7));
      const terms = network.differentiate(batch, gradient);
      expect(terms.reconstruction).toBeCloseTo(expected.reconstruction, 10);
      expect(terms.divergence).toBeCloseTo(expected.divergence, 10);
      expect(terms.loss).toBeCloseTo(expected.loss, 10);
      for (const { name, error } of relativeErrors(shape, gradient, Float64Array.from(expected.gradient))) {
        expect(error, name).toBeLessThan(1e-7);
      }
    });
  }
});

describe('PyTorch and the optimizers', () => {
  for (const { options, path } of optimizers) {
    it(`take the same steps for ${JSON.stringify(options)}`, () => {
      const parameters = sines(4, 1, 1.1);
      const optimizer = createOptimizer(resolveVrae(options), parameters);
      for (let step = 0; step < 5; step++) {
        optimizer.step(parameters, sines(4, 1, 0.7 * (step + 1)), 0.1, 1);
        parameters.forEach((value, i) => {
          expect(value).toBeCloseTo(path[step * 4 + i]!, 12);
        });
      }
    });
  }
});
