import { describe, expect, it } from 'vitest';
import { architectureOf } from '../../../src/encode/autoencoder/architectures.js';
import { createAutoencoderNetwork } from '../../../src/encode/autoencoder/autoencoder-network.js';
import type { CnnShape } from '../../../src/encode/cnn/cnn-architecture.js';
import { toTaps } from '../../../src/encode/cnn/taps.js';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { gatherTaps, scatterTaps } from '../../../src/encode/vrae/engines/plain/plain-taps.js';
import { PLAIN } from '../autoencoder/networks.js';

describe('the taps of a convolution', () => {
  it('are laid out place by place, with zeros before and behind', () => {
    // Three places over five steps: before the first lies one zero, behind the last another.
    const taps = toTaps(5, 1, 3, 2);
    expect(taps).toEqual({ steps: 5, channels: 1, kernel: 3, stride: 2, places: 3, before: 1 });
    const columns = new Float64Array(9).fill(7);
    gatherTaps(taps, Float64Array.of(1, 2, 3, 4, 5), 1, columns);
    expect([...columns]).toEqual([0, 1, 2, 2, 3, 4, 4, 5, 0]);
    const series = new Float64Array(5).fill(7);
    scatterTaps(taps, columns, 1, series);
    // Steps 1 and 3 are seen from two places.
    expect([...series]).toEqual([1, 4, 3, 8, 5]);
  });

  it.each([
    [1, 5, 2],
    [2, 5, 2],
    [9, 3, 3],
    [10, 7, 4],
    [3, 99, 1],
  ])('of %i steps, %i at a time, %i apart, see every step, and go back the way they came', (steps, kernel, stride) => {
    const taps = toTaps(steps, 2, kernel, stride);
    const series = Float64Array.from({ length: 2 * steps * 2 }, (_, i) => 1 + i);
    const columns = new Float64Array(2 * taps.places * kernel * 2);
    gatherTaps(taps, series, 2, columns);
    expect(new Set(columns.filter((value) => value !== 0))).toEqual(new Set(series));
    const back = new Float64Array(series.length);
    scatterTaps(taps, columns, 2, back);
    // Each cell comes back as often as it was looked at.
    for (const [i, value] of series.entries()) {
      expect(back[i]).toBe(value * columns.filter((seen) => seen === value).length);
    }
  });
});

describe('the network of a convolutional autoencoder', () => {
  /** Three steps, one filter that sees two steps at once. */
  const TINY: CnnShape = { steps: 3, channels: 1, filters: [1], kernel: 2, stride: 2, latent: 1, output: 'linear' };

  it('goes the way, and has the gradient, that are worked out by hand', () => {
    const network = createAutoencoderNetwork(
      createJsEngine(),
      { kind: 'cnn', shape: TINY },
      { rows: 1, training: PLAIN },
    );
    // The filter 1, 1 and its bias -1; latent: 1, 2 and bias 0; back: 1, -1 and 0, 0; the filter out 3, 5 and bias 0.5.
    network.load(Float64Array.of(1, 1, -1, 1, 2, 0, 1, -1, 0, 0, 3, 5, 0.5));
    const window = Float32Array.of(1, 2, 4);
    const latents = new Float32Array(1);
    const values = new Float32Array(3);
    // 1 + 2 - 1 = 2 and 4 + 0 - 1 = 3; the latent is 2 + 2 · 3 = 8; back come 8 and -8, rectified 8 and 0; 24, 40 and 0.
    network.encode(window, 1, latents);
    network.decode(latents, 1, values);
    expect([...latents, ...values]).toEqual([8, 24.5, 40.5, 0.5]);
    const gradient = new Float64Array(13);
    const batch = { rows: 1, values: window, mask: Uint8Array.of(0, 0, 2), noise: new Float64Array(0) };
    // Errors of 23.5 and 38.5, each half the loss; the third step is missing.
    expect(network.differentiate(batch, { values: gradient })).toBe(31);
    // Out: 4, 4 and bias 1; into the 8: (3 + 5) / 2 = 4, and so 32 of its weight; the latent 4; the filter 4 · (1 + 2 · 4) …
    expect([...gradient]).toEqual([36, 8, 12, 8, 12, 4, 32, 0, 4, 0, 4, 4, 1]);
  });

  it('has tensors by name, each in its shape', () => {
    const shape: CnnShape = {
      steps: 24,
      channels: 2,
      filters: [8, 4],
      kernel: 5,
      stride: 2,
      latent: 3,
      output: 'relu',
    };
    const { tensors, count } = architectureOf('cnn').layout(shape);
    expect(Object.fromEntries(tensors.map(({ name, shape: size }) => [name, size]))).toEqual({
      ...{ 'encoder.0.weights': [8, 5, 2], 'encoder.0.bias': [8] },
      ...{ 'encoder.1.weights': [4, 5, 8], 'encoder.1.bias': [4] },
      ...{ 'latents.weights': [3, 24], 'latents.bias': [3] },
      ...{ 'decoder.0.weights': [24, 3], 'decoder.0.bias': [24] },
      ...{ 'decoder.1.weights': [5, 8, 4], 'decoder.1.bias': [8] },
      ...{ 'decoder.2.weights': [5, 2, 8], 'decoder.2.bias': [2] },
    });
    expect(count).toBe(tensors.reduce((sum, { length }) => sum + length, 0));
  });
});
