import { describe, expect, it } from 'vitest';
import type { AutoencoderShape } from '../../../src/encode/autoencoder/architecture.js';
import {
  type AutoencoderNetworkOptions,
  createAutoencoderNetwork,
} from '../../../src/encode/autoencoder/autoencoder-network.js';
import { AUTOENCODER_KINDS } from '../../../src/encode/encoder-kind.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { openEngine } from '../../../src/encode/vrae/engines/open-engine.js';
import { drawBatch, drawParameters, SMALL_SHAPES } from './networks.js';

describe.each(AUTOENCODER_KINDS)('the network of kind %s', (kind) => {
  const small: AutoencoderShape = SMALL_SHAPES[kind];

  it.each<[string, NonNullable<AutoencoderNetworkOptions['training']>, AutoencoderShape['output']]>([
    ['squared errors of rectified values', { noise: 0.2, dropout: 0.3, loss: 'mse' }, 'relu'],
    ['absolute errors', { noise: 0.1, dropout: 0, loss: 'mae' }, 'linear'],
    ['errors that are quadratic when small', { noise: 0, dropout: 0.2, loss: 'smooth-l1' }, 'relu'],
  ])('has the gradient that finite differences give, of %s', (_, training, output) => {
    const shape = { ...small, output };
    const network = createAutoencoderNetwork(createJsEngine(), { kind, shape }, { rows: 7, training });
    const parameters = drawParameters(kind, shape);
    const batch = drawBatch(7, shape);
    const gradient = new Float64Array(parameters.length);
    const unused = gradient.slice();
    network.load(parameters);
    network.differentiate(batch, { values: gradient });
    const lossAt = (i: number, by: number): number => {
      network.load(parameters.with(i, parameters[i]! + by));
      return network.differentiate(batch, { values: unused });
    };
    expect(gradient.filter((slope) => slope !== 0).length).toBeGreaterThan(parameters.length / 3);
    for (const i of parameters.keys()) {
      const numeric = (lossAt(i, 1e-6) - lossAt(i, -1e-6)) / 2e-6;
      expect(Math.abs(gradient[i]! - numeric), `parameter ${i}`).toBeLessThan(1e-6);
    }
  });

  it.each(['auto', 'wasm'] as const)('computes the same on %s, and each row by itself', async (name) => {
    const [kernel, plain] = [(await openEngine(name)).engine, createJsEngine()].map((engine) =>
      createAutoencoderNetwork(
        engine,
        { kind, shape: small },
        { rows: 7, training: { noise: 0.1, dropout: 0.2, loss: 'mse' } },
      ),
    );
    const batch = drawBatch(7, small);
    const parameters = drawParameters(kind, small);
    const [found, expected] = [new Float32Array(parameters.length), new Float64Array(parameters.length)];
    kernel!.load(parameters);
    plain!.load(parameters);
    expect(kernel!.differentiate(batch, { values: found })).toBeCloseTo(
      plain!.differentiate(batch, { values: expected }),
      5,
    );
    for (const i of parameters.keys()) expect(Math.abs(found[i]! - expected[i]!)).toBeLessThan(1e-5);
    const cells = small.steps * small.channels;
    const [together, alone] = [new Float32Array(7 * small.latent), new Float32Array(small.latent)];
    kernel!.encode(batch.values, 7, together);
    kernel!.encode(batch.values.subarray(6 * cells), 1, alone);
    expect(alone).toEqual(together.subarray(6 * small.latent));
    const [windows, window] = [new Float32Array(7 * cells), new Float32Array(cells)];
    kernel!.decode(together, 7, windows);
    kernel!.decode(alone, 1, window);
    expect(window).toEqual(windows.subarray(6 * cells));
    kernel!.dispose();
  });

  it('learns nothing of windows that are missing as a whole', () => {
    const network = createAutoencoderNetwork(
      createJsEngine(),
      { kind, shape: small },
      { rows: 1, training: { noise: 0, dropout: 0, loss: 'mse' } },
    );
    const parameters = drawParameters(kind, small);
    const gradient = parameters.slice();
    network.load(parameters);
    const { values, noise } = drawBatch(1, small);
    expect(
      network.differentiate(
        { rows: 1, values, noise, mask: new Uint8Array(values.length).fill(2) },
        { values: gradient },
      ),
    ).toBe(0);
    expect(gradient.every((slope) => slope === 0)).toBe(true);
  });
});
