import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsEngine } from '../../../src/encode/vrae/engines/js/js-engine.js';
import { toLayout } from '../../../src/encode/vrae/vrae-layout.js';
import { createVraeNetwork, type TrainingBatch, type VraeNetwork } from '../../../src/encode/vrae/vrae-network.js';
import { resolveVrae, VRAE_CHOICES, type VraeOptions } from '../../../src/encode/vrae/vrae-options.js';
import { toVraeShape, type VraeShape } from '../../../src/encode/vrae/vrae-shape.js';
import { createRandom } from '../../../src/numeric/random.js';
import { numericGradient, relativeErrors, unsettledParameters } from './gradient-check.js';
import { naiveLoss } from './naive-vrae.js';
import { createWaves, shapeOf, sliceSeries, toBatch } from './vrae-batches.js';

const shape = shapeOf({ steps: 5, channels: 2, hidden: 6, latent: 3 });

interface Case {
  readonly options: VraeOptions;
  readonly steps: number;
  readonly channels: number;
  readonly viewSize: number;
  readonly rows: number;
}

/** Any options that change what is computed, over odd sizes. */
const anyCase: fc.Arbitrary<Case> = fc.record({
  options: fc
    .record({
      cell: fc.constantFrom(...VRAE_CHOICES.cell),
      depth: fc.constantFrom(1, 2, 3),
      bidirectional: fc.boolean(),
      decoder: fc.constantFrom(...VRAE_CHOICES.decoder),
      output: fc.constantFrom(...VRAE_CHOICES.output),
      initialState: fc.constantFrom(...VRAE_CHOICES.initialState),
      loss: fc.constantFrom(...VRAE_CHOICES.loss),
      freeBits: fc.constantFrom(0, 0, 0.05),
      dropout: fc.constantFrom(0, 0, 0.3),
      hidden: fc.constantFrom(1, 2, 3),
      latent: fc.constantFrom(1, 2),
    })
    // What lies near a kink is found by the naive model, which drops nothing.
    .map((options) => (options.dropout > 0 ? { ...options, loss: 'mse' as const, freeBits: 0 } : options)),
  steps: fc.constantFrom(1, 2, 4),
  channels: fc.constantFrom(1, 2, 7),
  viewSize: fc.constantFrom(0, 0, 2),
  rows: fc.constantFrom(1, 2, 3),
});

function toNetwork({ options, rows, ...sizes }: Case): VraeNetwork {
  const settings = resolveVrae(options);
  return createVraeNetwork(createJsEngine(), toVraeShape(settings, sizes), { rows, training: settings });
}

function toCaseBatch({ rows, steps, channels, viewSize }: Case, of: Pick<VraeShape, 'latent'>): TrainingBatch {
  const random = createRandom(9);
  const views = Float32Array.from({ length: rows * viewSize }, () => random.normal());
  const series = createWaves(rows, steps, channels, 7);
  return toBatch({ ...series, values: series.values.map((value) => 1.7 * value), viewSize, views }, of, 0.7);
}

/**
 * The batch without the cells whose error lies near a kink of the loss, where differences mean nothing; undefined where
 * a latent's divergence lies near the free bits.
 */
function awayFromKinks(
  batch: TrainingBatch,
  of: VraeShape,
  parameters: Float64Array,
  options: VraeOptions,
): TrainingBatch | undefined {
  const { loss, freeBits } = resolveVrae(options);
  if (loss === 'mse' && freeBits === 0) return batch;
  const { errors, divergences } = naiveLoss(of, parameters, batch, { loss, freeBits });
  if (divergences.some((divergence) => Math.abs(divergence - freeBits) < 0.05 * freeBits)) return undefined;
  const kink = { mse: Number.NaN, mae: 0, 'smooth-l1': 1 }[loss];
  return { ...batch, mask: batch.mask.map((mask, i) => (Math.abs(Math.abs(errors[i]!) - kink) < 0.05 ? 2 : mask)) };
}

describe('the gradient of the network', () => {
  it('agrees with central differences for every option and odd size', () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const network = toNetwork(given);
        const parameters = unsettledParameters(network.shape);
        const batch = awayFromKinks(toCaseBatch(given, network.shape), network.shape, parameters, given.options);
        fc.pre(batch !== undefined);
        const gradient = new Float64Array(parameters.length).fill(Number.NaN);
        network.load(parameters);
        network.differentiate(batch, gradient);
        const expected = numericGradient(network, batch, parameters);
        for (const { name, error } of relativeErrors(network.shape, gradient, expected)) {
          expect(error, name).toBeLessThan(1e-6);
        }
      }),
      {
        numRuns: 60,
        seed: 1,
        // Two blocks of rows, of which the second is not full.
        examples: [[{ options: { hidden: 3, latent: 2 }, steps: 3, channels: 2, viewSize: 0, rows: 35 }]],
      },
    );
  });
});

describe('the loss of the network', () => {
  it('equals a naive one that is written from the definition, for every option but dropout', () => {
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const given = { ...drawn, options: { ...drawn.options, dropout: 0 } };
        const settings = resolveVrae(given.options);
        const network = toNetwork(given);
        const parameters = unsettledParameters(network.shape);
        const batch = toCaseBatch(given, network.shape);
        network.load(parameters);
        const terms = network.differentiate(batch, new Float64Array(parameters.length));
        const expected = naiveLoss(network.shape, parameters, batch, settings);
        expect(terms.reconstruction).toBeCloseTo(expected.reconstruction, 11);
        expect(terms.divergence).toBeCloseTo(expected.divergence, 11);
        const cells = given.steps * given.channels;
        expect(terms.loss).toBeCloseTo(expected.reconstruction + (0.7 * expected.divergence) / cells, 11);
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it('does not depend on the batch size: twice the same series is the same loss and gradient', () => {
    const settings = resolveVrae();
    const network = createVraeNetwork(createJsEngine(), shape, { rows: 40, training: settings });
    const parameters = unsettledParameters(shape);
    const once = toBatch(createWaves(20, shape.steps, shape.channels), shape, 0.7);
    const twice = {
      ...once,
      rows: 40,
      values: Float32Array.of(...once.values, ...once.values),
      mask: Uint8Array.of(...once.mask, ...once.mask),
      noise: Float64Array.of(...once.noise, ...once.noise),
    };
    const gradient = new Float64Array(parameters.length);
    const gradientOfTwice = new Float64Array(parameters.length);
    network.load(parameters);
    const { loss } = network.differentiate(once, gradient);
    const lossOfOnce = loss;
    expect(network.differentiate(twice, gradientOfTwice).loss).toBeCloseTo(lossOfOnce, 12);
    gradientOfTwice.forEach((value, i) => {
      expect(value).toBeCloseTo(gradient[i]!, 12);
    });
  });

  it('ignores the reconstruction of masked cells, and counts a series without informative cells as zero', () => {
    const network = createVraeNetwork(createJsEngine(), shape, { rows: 1, training: resolveVrae() });
    network.load(unsettledParameters(shape));
    const gradient = new Float64Array(toLayout(shape).count).fill(Number.NaN);
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

  it('takes a term over the latents of a batch, whose gradient goes through the whole encoder', () => {
    const network = createVraeNetwork(createJsEngine(), shape, { rows: 6, training: resolveVrae() });
    const parameters = unsettledParameters(shape);
    const asked: number[][] = [];
    const batch: TrainingBatch = {
      ...toBatch(createWaves(6, shape.steps, shape.channels), shape, 0.7),
      series: Uint32Array.of(4, 9, 2, 7, 1, 3),
      // Neighbours in the batch should lie close: the mean over pairs of their squared distance.
      latentTerm: (latents, series, gradient) => {
        asked.push([...series]);
        let sum = 0;
        for (let i = 0; i < (series.length - 1) * 3; i++) {
          const difference = latents[i]! - latents[i + 3]!;
          sum += difference * difference;
          gradient[i]! += (2 * difference) / 5;
          gradient[i + 3]! -= (2 * difference) / 5;
        }
        return sum / 5;
      },
    };
    const gradient = new Float64Array(parameters.length);
    network.load(parameters);
    const terms = { ...network.differentiate(batch, gradient) };
    expect(terms.latentTerm).toBeGreaterThan(0.01);
    expect(terms.loss).toBeCloseTo(terms.reconstruction + (0.7 * terms.divergence) / 10 + terms.latentTerm, 12);
    expect(asked[0]).toEqual([4, 9, 2, 7, 1, 3]);
    for (const { name, error } of relativeErrors(shape, gradient, numericGradient(network, batch, parameters))) {
      expect(error, name).toBeLessThan(1e-6);
    }
  });

  it('drops another part for another seed, and nothing in inference', () => {
    const of = shapeOf({ steps: 5, channels: 2, hidden: 6, latent: 3, depth: 2 });
    const settings = resolveVrae({ dropout: 0.5 });
    const network = createVraeNetwork(createJsEngine(), of, { rows: 4, training: settings });
    const whole = createVraeNetwork(createJsEngine(), of, { rows: 4, training: resolveVrae() });
    const parameters = unsettledParameters(of);
    const batch = toBatch(createWaves(4, 5, 2), of, 0.7);
    const gradient = new Float64Array(parameters.length);
    network.load(parameters);
    whole.load(parameters);
    const lossOf = (dropoutSeed: number): number => network.differentiate({ ...batch, dropoutSeed }, gradient).loss;
    expect(lossOf(1)).toBe(lossOf(1));
    expect(lossOf(2)).not.toBe(lossOf(1));
    const posteriors = [network, whole].map((of) => {
      const posterior = new Float64Array(4 * 6);
      of.infer(batch.values, 4, posterior);
      return posterior;
    });
    expect(posteriors[0]).toEqual(posteriors[1]);
  });
});

describe('inference by the network', () => {
  it('gives each row the same bits alone and in any batch, with and without training buffers, for every option', () => {
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const network = toNetwork({ ...drawn, rows: 9 });
        const inference = createVraeNetwork(createJsEngine(), network.shape, { rows: 40 });
        const { latent } = network.shape;
        const cells = drawn.steps * drawn.channels;
        const series = createWaves(70, drawn.steps, drawn.channels);
        const views = Float32Array.from({ length: 70 * drawn.viewSize }, (_, i) => Math.cos(i));
        const latents = Float64Array.from({ length: 70 * latent }, (_, i) => Math.sin(i));
        const parameters = unsettledParameters(network.shape);
        network.load(parameters);
        inference.load(parameters);
        const all = new Float64Array(70 * 2 * latent);
        const others = all.slice();
        network.infer(series.values, 70, all, views);
        inference.infer(series.values, 70, others, views);
        expect(others).toEqual(all);
        const decoded = new Float32Array(70 * cells);
        const otherDecoded = decoded.slice();
        network.decode(latents, 70, decoded);
        inference.decode(latents, 70, otherDecoded);
        expect(otherDecoded).toEqual(decoded);
        for (const row of [0, 8, 33, 69]) {
          const alone = new Float64Array(2 * latent);
          const seen = views.slice(row * drawn.viewSize, (row + 1) * drawn.viewSize);
          inference.infer(sliceSeries(series, row, row + 1).values, 1, alone, seen);
          expect(alone).toEqual(all.slice(row * 2 * latent, (row + 1) * 2 * latent));
          const decodedAlone = new Float32Array(cells);
          inference.decode(latents.slice(row * latent, (row + 1) * latent), 1, decodedAlone);
          expect(decodedAlone).toEqual(decoded.slice(row * cells, (row + 1) * cells));
        }
      }),
      { numRuns: 40, seed: 3 },
    );
  });
});
