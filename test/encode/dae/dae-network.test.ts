import { describe, expect, it } from 'vitest';
import {
  type AutoencoderBatch,
  createAutoencoderNetwork,
} from '../../../src/encode/autoencoder/autoencoder-network.js';
import type { DaeShape } from '../../../src/encode/dae/dae-architecture.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { PLAIN } from '../autoencoder/networks.js';

/** Two steps, one unit in each layer. */
const TINY: DaeShape = { steps: 2, channels: 1, layers: [1], latent: 1, output: 'relu' };
// Weights, then bias, of two layers in and two out.
const TINY_PARAMETERS = Float64Array.of(1, 2, -1, 3, 0.5, 2, 0, 1, -1, 0, 1);

function tinyNetwork() {
  const network = createAutoencoderNetwork(
    createJsEngine(),
    { kind: 'dae', shape: TINY },
    { rows: 1, training: PLAIN },
  );
  network.load(TINY_PARAMETERS);
  return network;
}

const tinyBatch = (...mask: number[]): AutoencoderBatch => ({
  ...{ rows: 1, values: Float32Array.of(1, 1), mask: Uint8Array.from(mask), noise: new Float64Array(0) },
});

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
    expect(network.differentiate(tinyBatch(0, 1), { values: gradient })).toBe(6.5);
    expect([...gradient]).toEqual([3, 3, 3, 2, 1, 3.25, 0.5, 6.5, 0, 0.5, 0]);
    expect(network.differentiate(tinyBatch(0, 2), { values: gradient })).toBe(12);
    expect([...gradient]).toEqual([6, 6, 6, 4, 2, 6.5, 1, 13, 0, 1, 0]);
    expect(network.differentiate(tinyBatch(3, 2), { values: gradient })).toBe(0);
    expect(gradient.every((slope) => slope === 0)).toBe(true);
  });
});
