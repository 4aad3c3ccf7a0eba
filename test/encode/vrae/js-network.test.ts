import { describe, expect, it } from 'vitest';
import { createJsNetwork } from '../../../src/encode/vrae/js-network.js';
import {
  createParameters,
  matrixSize,
  parameterCount,
  VRAE_MATRICES,
  type VraeShape,
} from '../../../src/encode/vrae/vrae-weights.js';
import { createRandom } from '../../../src/numeric/random.js';
import { naiveLoss } from './naive-vrae.js';
import { createWaves, sliceSeries, toBatch } from './vrae-batches.js';

const shape: VraeShape = { steps: 5, channels: 2, hidden: 6, latent: 3 };

/** Parameters off the symmetric start, so that no gradient is zero by accident. */
function unsettledParameters(of: VraeShape): Float64Array {
  const random = createRandom(3);
  return createParameters(of, random).map((parameter) => parameter + 0.1 * random.normal());
}

describe('the gradient of createJsNetwork', () => {
  // One block, a block and a part of one; rows that are no multiple of a tile; a single step; three channels.
  const cases: readonly (readonly [VraeShape, number])[] = [
    [shape, 7],
    [shape, 1],
    [{ ...shape, steps: 1 }, 4],
    [{ steps: 3, channels: 3, hidden: 5, latent: 2 }, 40],
  ];
  for (const [of, rows] of cases) {
    it(`agrees with central differences in every parameter (${JSON.stringify(of)}, ${rows} rows)`, () => {
      const network = createJsNetwork(of);
      const parameters = unsettledParameters(of);
      const batch = toBatch(createWaves(rows, of.steps, of.channels), of, 0.7);
      const gradient = new Float64Array(parameters.length).fill(Number.NaN);
      const unused = new Float64Array(parameters.length);
      network.load(parameters);
      network.differentiate(batch, gradient);
      let start = 0;
      for (const name of VRAE_MATRICES) {
        const [height, width] = matrixSize(of, name);
        let largest = 0;
        for (let i = start; i < start + height * width; i++) {
          const at = (value: number): number => {
            network.load(parameters.with(i, value));
            return network.differentiate(batch, unused).loss;
          };
          const difference = (at(parameters[i]! + 1e-5) - at(parameters[i]! - 1e-5)) / 2e-5;
          expect(Math.abs(gradient[i]! - difference), `${name}[${i - start}]`).toBeLessThan(1e-7);
          largest = Math.max(largest, Math.abs(gradient[i]!));
        }
        expect(largest, name).toBeGreaterThan(1e-4);
        start += height * width;
      }
      expect(start).toBe(parameterCount(of));
    });
  }
});

describe('the loss of createJsNetwork', () => {
  it('equals a naive one that is written from the definition', () => {
    const network = createJsNetwork(shape);
    const parameters = unsettledParameters(shape);
    const batch = toBatch(createWaves(9, shape.steps, shape.channels), shape, 0.7);
    network.load(parameters);
    const terms = network.differentiate(batch, new Float64Array(parameters.length));
    const expected = naiveLoss(shape, parameters, batch);
    expect(terms.reconstruction).toBeCloseTo(expected.reconstruction, 11);
    expect(terms.divergence).toBeCloseTo(expected.divergence, 11);
    expect(terms.loss).toBeCloseTo(expected.reconstruction + (0.7 * expected.divergence) / 10, 11);
  });

  it('does not depend on the batch size: twice the same series is the same loss and gradient', () => {
    const network = createJsNetwork(shape);
    const parameters = unsettledParameters(shape);
    const once = toBatch(createWaves(6, shape.steps, shape.channels), shape, 0.7);
    const twice = {
      rows: 12,
      values: Float32Array.of(...once.values, ...once.values),
      mask: Uint8Array.of(...once.mask, ...once.mask),
      noise: Float64Array.of(...once.noise, ...once.noise),
      beta: 0.7,
    };
    const gradient = new Float64Array(parameters.length);
    const gradientOfTwice = new Float64Array(parameters.length);
    network.load(parameters);
    const { loss } = network.differentiate(once, gradient);
    expect(network.differentiate(twice, gradientOfTwice).loss).toBeCloseTo(loss, 12);
    gradientOfTwice.forEach((value, i) => {
      expect(value).toBeCloseTo(gradient[i]!, 12);
    });
  });

  it('ignores the reconstruction of masked cells, and counts a series without informative cells as zero', () => {
    const network = createJsNetwork(shape);
    network.load(unsettledParameters(shape));
    const gradient = new Float64Array(parameterCount(shape));
    const series = createWaves(1, shape.steps, shape.channels);
    const hidden = { ...series, mask: new Uint8Array(10).fill(2) };
    expect(network.differentiate(toBatch(hidden, shape, 0), gradient)).toMatchObject({ loss: 0, reconstruction: 0 });
    expect(gradient.every((value) => value === 0)).toBe(true);

    // Only the last cell counts: its error alone is the loss, not a tenth of it.
    const one = { ...series, mask: new Uint8Array(10).fill(3).with(9, 1) };
    const batch = { ...toBatch(one, shape, 0), noise: new Float64Array(3) };
    const posterior = new Float64Array(6);
    const reconstructed = new Float32Array(10);
    network.infer(series.values, 1, posterior);
    network.decode(posterior.subarray(0, 3), 1, reconstructed);
    const { loss } = network.differentiate(batch, gradient);
    expect(loss).toBeCloseTo((reconstructed[9]! - series.values[9]!) ** 2, 6);
  });
});

describe('inference by createJsNetwork', () => {
  it('gives each row the same bits alone and in any batch, with and without training buffers', () => {
    const series = createWaves(70, shape.steps, shape.channels);
    const parameters = unsettledParameters(shape);
    const training = createJsNetwork(shape);
    const inference = createJsNetwork(shape, { training: false });
    training.load(parameters);
    inference.load(parameters);
    const all = new Float64Array(70 * 6);
    const other = new Float64Array(70 * 6);
    training.infer(series.values, 70, all);
    inference.infer(series.values, 70, other);
    expect(other).toEqual(all);
    const decoded = new Float32Array(70 * 10);
    const latents = Float64Array.from({ length: 70 * 3 }, (_, i) => Math.sin(i));
    inference.decode(latents, 70, decoded);
    for (let row = 0; row < 70; row++) {
      const alone = new Float64Array(6);
      inference.infer(sliceSeries(series, row, row + 1).values, 1, alone);
      expect(alone).toEqual(all.slice(row * 6, row * 6 + 6));
      const decodedAlone = new Float32Array(10);
      inference.decode(latents.slice(row * 3, row * 3 + 3), 1, decodedAlone);
      expect(decodedAlone).toEqual(decoded.slice(row * 10, row * 10 + 10));
    }
  });
});
