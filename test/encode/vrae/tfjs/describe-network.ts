import { beforeAll, describe, expect, it } from 'vitest';
import { createJsNetwork } from '../../../../src/encode/vrae/js-network.js';
import type { Tfjs } from '../../../../src/encode/vrae/tfjs/load-tfjs.js';
import { createTfjsNetwork } from '../../../../src/encode/vrae/tfjs/tfjs-network.js';
import { trainVrae } from '../../../../src/encode/vrae/train-vrae.js';
import { createVraeEncoder } from '../../../../src/encode/vrae/vrae-encoder.js';
import { resolveVrae } from '../../../../src/encode/vrae/vrae-options.js';
import { createParameters, toWeights, type VraeShape } from '../../../../src/encode/vrae/vrae-weights.js';
import { createRandom } from '../../../../src/numeric/random.js';
import { createWaves, sliceSeries, toBatch, toSeriesBatch } from '../vrae-batches.js';

const shape: VraeShape = { steps: 6, channels: 2, hidden: 8, latent: 3 };

/** What every backend must do, as tests. */
export function describeNetwork(backend: string, load: () => Promise<Tfjs | undefined>): void {
  describe(`createTfjsNetwork on ${backend}`, () => {
    let tf: Tfjs;
    beforeAll(async () => {
      const loaded = await load();
      if (loaded === undefined) throw new Error('tfjs-node does not load');
      tf = loaded;
      await tf.ready();
    });

    it('gives the loss and gradient of the engine in plain typed arrays, with masks and for every row count', () => {
      const random = createRandom(3);
      const parameters = createParameters(shape, random).map((value) => Math.fround(value + 0.1 * random.normal()));
      const ours = createJsNetwork(shape);
      const theirs = createTfjsNetwork(tf, shape);
      ours.load(parameters);
      theirs.load(parameters);
      for (const rows of [1, 5, 32]) {
        const batch = toBatch(createWaves(rows, shape.steps, shape.channels), shape, 0.7);
        const expected = new Float64Array(parameters.length);
        const gradient = new Float64Array(parameters.length).fill(Number.NaN);
        const terms = ours.differentiate(batch, expected);
        const got = theirs.differentiate(batch, gradient);
        expect(got.reconstruction).toBeCloseTo(terms.reconstruction, 5);
        expect(got.divergence).toBeCloseTo(terms.divergence, 5);
        expect(got.loss).toBeCloseTo(terms.loss, 5);
        gradient.forEach((value, i) => {
          expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5);
        });
      }
      theirs.dispose();
    });

    it('encodes and reconstructs within 1e-5 of the engine in plain typed arrays, for none, one and many series', async () => {
      const weights = toWeights(shape, createParameters(shape, createRandom(4)));
      const ours = createVraeEncoder(weights, 'v1');
      const theirs = createVraeEncoder(weights, 'v1', createTfjsNetwork(tf, shape));
      const series = createWaves(300, shape.steps, shape.channels);
      for (const length of [0, 1, 300]) {
        const batch = toSeriesBatch(sliceSeries(series, 0, length));
        const expected = await ours.encode(batch);
        const got = await theirs.encode(batch);
        expect(got.length).toBe(length);
        expect(largestDifference(got.embeddings, expected.embeddings)).toBeLessThan(1e-5);
        expect(largestDifference(got.reconstructionErrors!, expected.reconstructionErrors!)).toBeLessThan(1e-5);
        const reconstructed = await theirs.reconstruct(expected.latents!);
        expect(largestDifference(reconstructed, await ours.reconstruct(expected.latents!))).toBeLessThan(1e-5);
      }
      theirs.dispose();
    });

    it('gives each row the same bits in any batch', async () => {
      const weights = toWeights(shape, createParameters(shape, createRandom(4)));
      const encoder = createVraeEncoder(weights, 'v1', createTfjsNetwork(tf, shape));
      const series = createWaves(200, shape.steps, shape.channels);
      const all = await encoder.encode(toSeriesBatch(series));
      for (const [from, to] of [
        [0, 1],
        [199, 200],
        [3, 67],
        [60, 70],
        [7, 200],
      ] as const) {
        const part = await encoder.encode(toSeriesBatch(sliceSeries(series, from, to)));
        expect(part.embeddings).toEqual(all.embeddings.slice(from * 3, to * 3));
        expect(part.reconstructionErrors).toEqual(all.reconstructionErrors!.slice(from, to));
      }
      encoder.dispose();
    });

    it('trains along the same path, and leaves no tensor behind', () => {
      const settings = resolveVrae({ hidden: 8, latent: 3, updates: 20, batch: 16 });
      const series = createWaves(60, shape.steps, shape.channels);
      const before = tf.memory().numTensors;
      const network = createTfjsNetwork(tf, shape);
      const losses: number[] = [];
      const fit = trainVrae({ settings, series }, { network, onProgress: (p) => losses.push(p.trainLoss) });
      network.dispose();
      expect(tf.memory().numTensors).toBe(before);
      const expectedLosses: number[] = [];
      const expected = trainVrae({ settings, series }, { onProgress: (p) => expectedLosses.push(p.trainLoss) });
      expect(losses.length).toBe(20);
      losses.forEach((loss, i) => {
        expect(Math.abs(loss - expectedLosses[i]!)).toBeLessThan(1e-4);
      });
      expect(Math.abs(fit.heldOutLoss - expected.heldOutLoss)).toBeLessThan(1e-4);
    });
  });
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}
