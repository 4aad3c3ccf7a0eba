import { describe, expect, it } from 'vitest';
import { createDaeNetwork, type DaeBatch, type DaeNetworkOptions } from '../../../src/encode/dae/dae-network.js';
import type { DaeShape } from '../../../src/encode/dae/dae-shape.js';
import { toDaeLayout } from '../../../src/encode/dae/dae-weights.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { openEngine } from '../../../src/encode/vrae/engines/open-engine.js';
import { createRandom } from '../../../src/numeric/random.js';

const PLAIN = { noise: 0, dropout: 0, loss: 'mae' } as const;

/** Two steps, one unit in each layer. */
const TINY: DaeShape = { steps: 2, channels: 1, layers: [1], latent: 1, output: 'relu' };
// Weights, then bias, of two layers in and two out.
const TINY_PARAMETERS = Float64Array.of(1, 2, -1, 3, 0.5, 2, 0, 1, -1, 0, 1);

function tinyNetwork() {
  const network = createDaeNetwork(createJsEngine(), TINY, { rows: 1, training: PLAIN });
  network.load(TINY_PARAMETERS);
  return network;
}

const tinyBatch = (...mask: number[]): DaeBatch => ({
  ...{ rows: 1, values: Float32Array.of(1, 1), mask: Uint8Array.from(mask), noise: new Float64Array(0) },
});

const SHAPE: DaeShape = { steps: 3, channels: 2, layers: [5, 4], latent: 3, output: 'relu' };

function drawBatch(rows: number, shape = SHAPE): DaeBatch {
  const random = createRandom(5);
  const cells = rows * shape.steps * shape.channels;
  return {
    rows,
    values: Float32Array.from({ length: cells }, () => random.next()),
    mask: Uint8Array.from({ length: cells }, (_, i) => (i % 5 === 3 ? 2 : i % 2)),
    noise: Float64Array.from({ length: cells }, () => random.normal()),
    dropoutSeed: 9,
  };
}

function drawParameters(shape = SHAPE): Float64Array {
  const random = createRandom(3);
  return Float64Array.from({ length: toDaeLayout(shape).count }, () => 0.5 * random.normal());
}

describe('the network of a denoising autoencoder', () => {
  it('goes the way that is worked out by hand', () => {
    // 1 + 2 - 1 = 2, rectified 2; 3 · 2 + 0.5 = 6.5 is the latent; 2 · 6.5 = 13; out come 13 and -13 + 1, rectified 0.
    const network = tinyNetwork();
    const latents = new Float32Array(1);
    const values = new Float32Array(2);
    network.encode(Float32Array.of(1, 1), 1, latents);
    network.decode(latents, 1, values);
    expect([...latents, ...values]).toEqual([6.5, 13, 0]);
  });

  it('has the loss and the gradient that are worked out by hand, without the cells that are missing', () => {
    const network = tinyNetwork();
    const gradient = new Float64Array(11);
    // Errors of 12 and 1; the second comes through a sum below zero, and takes nothing back.
    expect(network.differentiate(tinyBatch(0, 1), gradient)).toBe(6.5);
    expect([...gradient]).toEqual([3, 3, 3, 2, 1, 3.25, 0.5, 6.5, 0, 0.5, 0]);
    expect(network.differentiate(tinyBatch(0, 2), gradient)).toBe(12);
    expect([...gradient]).toEqual([6, 6, 6, 4, 2, 6.5, 1, 13, 0, 1, 0]);
    expect(network.differentiate(tinyBatch(3, 2), gradient)).toBe(0);
    expect(gradient.every((slope) => slope === 0)).toBe(true);
  });

  it.each<[string, NonNullable<DaeNetworkOptions['training']>, DaeShape['output']]>([
    ['squared errors of rectified values', { noise: 0.2, dropout: 0.3, loss: 'mse' }, 'relu'],
    ['absolute errors', { noise: 0.1, dropout: 0, loss: 'mae' }, 'linear'],
    ['errors that are quadratic when small', { noise: 0, dropout: 0.2, loss: 'smooth-l1' }, 'relu'],
  ])('has the gradient that finite differences give, of %s', (_, training, output) => {
    const shape = { ...SHAPE, output };
    const network = createDaeNetwork(createJsEngine(), shape, { rows: 7, training });
    const parameters = drawParameters(shape);
    const batch = drawBatch(7);
    const gradient = new Float64Array(parameters.length);
    const unused = gradient.slice();
    network.load(parameters);
    network.differentiate(batch, gradient);
    const lossAt = (i: number, by: number): number => {
      network.load(parameters.with(i, parameters[i]! + by));
      return network.differentiate(batch, unused);
    };
    expect(gradient.filter((slope) => slope !== 0).length).toBeGreaterThan(parameters.length / 3);
    for (const i of parameters.keys()) {
      const numeric = (lossAt(i, 1e-6) - lossAt(i, -1e-6)) / 2e-6;
      expect(Math.abs(gradient[i]! - numeric), `parameter ${i}`).toBeLessThan(1e-6);
    }
  });

  it.each(['auto', 'wasm'] as const)('computes the same on %s, and each row by itself', async (name) => {
    const shape = { ...SHAPE, layers: [24, 12] };
    const [kernel, plain] = [(await openEngine(name)).engine, createJsEngine()].map((engine) =>
      createDaeNetwork(engine, shape, { rows: 7, training: { noise: 0.1, dropout: 0.2, loss: 'mse' } }),
    );
    const batch = drawBatch(7);
    const parameters = drawParameters(shape);
    const [found, expected] = [new Float32Array(parameters.length), new Float64Array(parameters.length)];
    kernel!.load(parameters);
    plain!.load(parameters);
    expect(kernel!.differentiate(batch, found)).toBeCloseTo(plain!.differentiate(batch, expected), 5);
    for (const i of parameters.keys()) expect(Math.abs(found[i]! - expected[i]!)).toBeLessThan(1e-5);
    const [together, alone] = [new Float32Array(21), new Float32Array(3)];
    kernel!.encode(batch.values, 7, together);
    kernel!.encode(batch.values.subarray(36), 1, alone);
    expect(alone).toEqual(together.subarray(18));
    kernel!.dispose();
  });
});
