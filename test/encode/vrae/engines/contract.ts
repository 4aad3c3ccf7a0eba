import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJsEngine } from '../../../../src/encode/vrae/engines/js/js-engine.js';
import {
  type FloatBuffer,
  type LayerSpec,
  layerWeightCount,
  type RecurrentEngine,
  type RecurrentLayer,
} from '../../../../src/encode/vrae/recurrent-engine.js';
import { trainVrae } from '../../../../src/encode/vrae/train-vrae.js';
import { createVraeEncoder } from '../../../../src/encode/vrae/vrae-encoder.js';
import { createVraeNetwork } from '../../../../src/encode/vrae/vrae-network.js';
import { resolveVrae, type VraeOptions } from '../../../../src/encode/vrae/vrae-options.js';
import { toVraeShape } from '../../../../src/encode/vrae/vrae-shape.js';
import { toWeights } from '../../../../src/encode/vrae/vrae-weights.js';
import { createRandom } from '../../../../src/numeric/random.js';
import { relativeErrors, unsettledParameters } from '../gradient-check.js';
import { createWaves, sliceSeries, toBatch, toSeriesBatch } from '../vrae-batches.js';

/**
 * What every engine must do, as tests: the contract layer by layer and product by product against the engine in plain
 * typed arrays, and the model over it.
 *
 * @param open makes a fresh engine
 */
export function describeEngine(name: string, open: () => Promise<RecurrentEngine>): void {
  describe(`the engine ${name}`, () => {
    let engine: RecurrentEngine;
    const reference = createJsEngine();
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine.dispose());

    it('gives zeros of the number type that it says', () => {
      const { length, values } = engine.allocate(5);
      expect(length).toBe(5);
      expect(values).toEqual(engine.precision === 'float64' ? new Float64Array(5) : new Float32Array(5));
      expect(engine.allocate(0).values.length).toBe(0);
      expect(engine.description).not.toBe('');
    });

    it('multiplies matrices of any size, transposed or not, replacing or adding', () => {
      const size = fc.constantFrom(1, 2, 3, 7, 16, 33, 65);
      const product = fc.record({
        m: size,
        n: size,
        inner: fc.oneof(size, fc.constantFrom(130)),
        transposeA: fc.boolean(),
        transposeB: fc.boolean(),
        accumulate: fc.boolean(),
      });
      fc.assert(
        fc.property(product, (given) => {
          const [out, expected] = [engine, reference].map((of) => {
            const random = createRandom(1);
            const make = (length: number): FloatBuffer => fill(of.allocate(length), () => random.normal());
            const buffers = {
              a: make(given.m * given.inner),
              b: make(given.n * given.inner),
              out: make(given.m * given.n),
            };
            of.multiply({ ...given, ...buffers });
            return [...buffers.out.values];
          });
          expect(largestDifference(out!, expected!)).toBeLessThan(tolerance(engine, 1e-4));
        }),
        { numRuns: 100, seed: 1 },
      );
    });

    it('sums a row of a product alike, however many rows there are', () => {
      for (const [n, inner] of [
        [1, 33],
        [6, 10],
        [17, 64],
      ] as const) {
        const random = createRandom(1);
        const make = (length: number): FloatBuffer => fill(engine.allocate(length), () => random.normal());
        const [a, b, out] = [make(66 * inner), make(n * inner), make(66 * n)];
        engine.multiply({ a, b, out, m: 66, n, inner, transposeB: true });
        const all = out.values.slice();
        for (const m of [1, 2, 3, 5, 8, 13, 21, 34, 65]) {
          engine.multiply({ a, b, out, m, n, inner, transposeB: true });
          expect(out.values.slice(0, m * n)).toEqual(all.slice(0, m * n));
        }
      }
    });

    it('runs layers of both cells as the reference does, forward and back, for odd sizes and every row count', () => {
      const spec: fc.Arbitrary<LayerSpec> = fc.record({
        cell: fc.constantFrom('lstm', 'gru'),
        steps: fc.constantFrom(1, 2, 5, 9),
        inputs: fc.constantFrom(0, 1, 3, 7, 17),
        hidden: fc.constantFrom(1, 3, 8, 9, 17, 33),
        rows: fc.constantFrom(1, 2, 5, 37),
        training: fc.constant(true),
        outputs: fc.constantFrom('all', 'last'),
        inputGradients: fc.boolean(),
      });
      fc.assert(
        fc.property(spec, fc.nat(), (given, n) => {
          const ours = engine.createLayer(given);
          const theirs = reference.createLayer(given);
          // Twice on one layer, so that what the first call left behind is seen in the second.
          for (const rows of [given.rows, 1 + (n % given.rows)]) {
            drive(ours, rows, 1);
            drive(theirs, rows, 1);
            expectSame(ours, theirs, rows, tolerance(engine, 3e-5));
          }
        }),
        { numRuns: 60, seed: 2 },
      );
    });

    it('gives the same forward results with and without training, and the same bits to a row in any batch', () => {
      for (const cell of ['lstm', 'gru'] as const) {
        const spec: LayerSpec = { cell, steps: 4, inputs: 3, hidden: 13, rows: 70, training: false, outputs: 'all' };
        const layer = engine.createLayer(spec);
        const training = engine.createLayer({ ...spec, training: true });
        drive(layer, 70, 1);
        drive(training, 70, 1);
        const all = layer.outputs.values.slice();
        expect(largestDifference(all, training.outputs.values)).toBeLessThan(1e-6);
        for (const [from, rows] of [
          [0, 1],
          [69, 1],
          [3, 64],
          [7, 63],
          [50, 20],
        ] as const) {
          drive(layer, rows, 1, from);
          for (let t = 0; t < 4; t++) {
            const part = layer.outputs.values.slice(t * rows * 13, (t + 1) * rows * 13);
            expect(part).toEqual(all.slice((t * 70 + from) * 13, (t * 70 + from + rows) * 13));
          }
        }
      }
    });

    it('takes gradients of the whole model like the reference, for many options', () => {
      for (const [options, channels, rows] of MODELS) {
        const settings = resolveVrae({ hidden: 9, latent: 3, ...options });
        const shape = toVraeShape(settings, { steps: 5, channels });
        const parameters = unsettledParameters(shape).map(Math.fround);
        const batch = toBatch(createWaves(rows, 5, channels), shape, 0.7);
        const [got, expected] = [createVraeNetwork(engine, shape, { rows, training: settings })]
          .concat(createVraeNetwork(reference, shape, { rows, training: settings }))
          .map((network) => {
            const gradient =
              network.precision === 'float64'
                ? new Float64Array(parameters.length)
                : new Float32Array(parameters.length);
            network.load(network.precision === 'float64' ? parameters : Float32Array.from(parameters));
            const { loss } = network.differentiate(batch, gradient.fill(Number.NaN));
            return { loss, gradient };
          });
        expect(got!.loss).toBeCloseTo(expected!.loss, 5);
        for (const { name: tensor, error } of relativeErrors(
          shape,
          got!.gradient,
          expected!.gradient as Float64Array,
        )) {
          expect(error, `${JSON.stringify(options)} ${tensor}`).toBeLessThan(1e-4);
        }
      }
    });

    it('encodes and reconstructs within 1e-5 of the reference, for none, one and many series', async () => {
      for (const [options] of MODELS) {
        const shape = toVraeShape(resolveVrae({ hidden: 9, latent: 3, ...options }), { steps: 6, channels: 2 });
        const weights = toWeights(shape, unsettledParameters(shape));
        const theirs = createVraeEncoder(weights, 'v1');
        const ours = createVraeEncoder(weights, 'v1', createVraeNetwork(engine, shape, { rows: 64 }));
        const series = createWaves(150, 6, 2);
        for (const length of [0, 1, 150]) {
          const batch = toSeriesBatch(sliceSeries(series, 0, length));
          const expected = await theirs.encode(batch);
          const got = await ours.encode(batch);
          expect(got.length).toBe(length);
          expect(largestDifference(got.embeddings, expected.embeddings)).toBeLessThan(1e-5);
          expect(largestDifference(got.reconstructionErrors!, expected.reconstructionErrors!)).toBeLessThan(3e-5);
          const reconstructed = await ours.reconstruct(expected.latents!);
          expect(largestDifference(reconstructed, await theirs.reconstruct(expected.latents!))).toBeLessThan(1e-5);
        }
      }
    });

    it('trains along the path of the reference, and to the same bytes again', async () => {
      const settings = resolveVrae({ hidden: 8, latent: 3, updates: 20, batch: 16, dropout: 0.1, depth: 2 });
      const series = createWaves(60, 6, 2);
      const shape = toVraeShape(settings, series);
      const fits = [await open(), await open(), createJsEngine()].map((on) => {
        const network = createVraeNetwork(on, shape, { rows: 16, training: settings });
        const losses: number[] = [];
        const fit = trainVrae({ settings, series }, { network, onProgress: (p) => losses.push(p.trainLoss) });
        network.dispose();
        return { fit, losses };
      });
      expect(fits[1]).toEqual(fits[0]);
      expect(largestDifference(fits[0]!.losses, fits[2]!.losses)).toBeLessThan(1e-4);
      expect(Math.abs(fits[0]!.fit.heldOutLoss - fits[2]!.fit.heldOutLoss)).toBeLessThan(1e-4);
    });
  });
}

const MODELS: readonly (readonly [VraeOptions, number, number])[] = [
  [{}, 1, 32],
  [{ cell: 'lstm', bidirectional: false }, 7, 1],
  [{ cell: 'gru', bidirectional: false }, 2, 33],
  [{ cell: 'lstm', bidirectional: false, depth: 3, dropout: 0.2 }, 1, 5],
  [{ cell: 'gru', depth: 2, bidirectional: true, output: 'softplus' }, 2, 7],
  [{ cell: 'lstm', bidirectional: true, decoder: 'autoregressive', loss: 'smooth-l1' }, 3, 17],
];

function tolerance({ precision }: RecurrentEngine, single: number): number {
  return precision === 'float64' ? 1e-12 : single;
}

function fill(buffer: FloatBuffer, value: (i: number) => number): FloatBuffer {
  for (let i = 0; i < buffer.length; i++) buffer.values[i] = value(i);
  return buffer;
}

/** Writes inputs and upstream gradients that depend on the sequence alone, and runs the layer forward and back. */
function drive(layer: RecurrentLayer, rows: number, seed: number, from = 0): void {
  const { spec } = layer;
  const random = createRandom(seed);
  layer.load(Float32Array.from({ length: layerWeightCount(spec) }, () => 0.5 * random.normal()));
  const at = (row: number, t: number, i: number): number => Math.fround(Math.sin(97 * (from + row) + 13 * t + 3 * i));
  const write = ({ values }: FloatBuffer, steps: number, size: number): void => {
    for (let t = 0; t < steps; t++) {
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < size; i++) values[(t * rows + row) * size + i] = at(row, t, i);
      }
    }
  };
  write(layer.inputs, spec.steps, spec.inputs);
  write(layer.initialHidden, 1, spec.hidden);
  if (spec.cell === 'lstm') write(layer.initialCell, 1, spec.hidden);
  layer.forward(rows);
  if (!spec.training) return;
  write(layer.outputGradients, spec.outputs === 'all' ? spec.steps : 1, spec.hidden);
  layer.backward(rows);
}

function expectSame(ours: RecurrentLayer, theirs: RecurrentLayer, rows: number, within: number): void {
  const { spec } = ours;
  const { steps, hidden, inputs } = spec;
  const expectBuffer = (
    name: Exclude<keyof RecurrentLayer, 'spec' | 'load' | 'forward' | 'backward'>,
    used: number,
  ): void => {
    const [got, expected] = [ours[name], theirs[name]];
    expect(got.length, name).toBe(expected.length);
    const [a, b] = [got.values.subarray(0, used), expected.values.subarray(0, used)];
    const scale = [...b].reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    expect(largestDifference(a, b) / scale, `${name} of ${JSON.stringify(spec)}, ${rows} rows`).toBeLessThan(within);
  };
  expectBuffer('outputs', (spec.outputs === 'all' ? steps : 1) * rows * hidden);
  expectBuffer('finalCell', spec.cell === 'lstm' ? rows * hidden : 0);
  expectBuffer('weightGradients', layerWeightCount(spec));
  expectBuffer('initialHiddenGradients', rows * hidden);
  expectBuffer('inputGradients', spec.inputGradients ? steps * rows * inputs : 0);
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    // Not a number is no agreement.
    most = difference >= 0 ? Math.max(most, difference) : Number.POSITIVE_INFINITY;
  }
  return most;
}
