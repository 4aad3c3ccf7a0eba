import { describe, expect, it } from 'vitest';
import { assign } from '../../../src/cluster/assign.js';
import { toUnitRows } from '../../../src/cluster/cluster-points.js';
import { DEFAULT_VIEWS, type EncoderOptions } from '../../../src/encode/encoder-options.js';
import type { VraeEngine } from '../../../src/encode/vrae/vrae-options.js';
import { createRandom } from '../../../src/numeric/random.js';
import { prepareSeries } from '../../../src/series/prepare-series.js';
import type { SeriesOptions } from '../../../src/series/series-settings.js';
import { openModel } from '../../../src/train/loaded-model.js';
import type { ModelArtifact } from '../../../src/train/model-artifact.js';
import { toOnnx } from '../../../src/train/onnx/to-onnx.js';
import { toSeriesBatch } from '../../encode/vrae/vrae-batches.js';
import { openOnnx, type Results } from './run-onnx.js';
import { trainUsage, type UsageShape, usageWindows } from './train-usage.js';

const TOLERANCE = 1e-5;
const DAY: UsageShape = { steps: 24, channels: 1 };
const VIEWS = { views: DEFAULT_VIEWS };
const defaultModel = trainUsage(DAY, VIEWS);

describe('toOnnx', () => {
  it.each<[string, UsageShape, EncoderOptions, SeriesOptions]>([
    ['the default views', DAY, VIEWS, {}],
    ['several channels', { steps: 20, channels: 3 }, VIEWS, {}],
    ['windows shorter than a kernel', { steps: 7, channels: 2 }, VIEWS, { transform: 'none', scale: 'robust' }],
    ['windows scaled by themselves', DAY, { views: ['shape-kernels', 'profile', 'latents'] }, { scope: 'own' }],
    ['windows that are not scaled', DAY, { views: ['shape-kernels', 'usage-kernels'] }, { scale: 'none' }],
    ['latents alone', DAY, { views: [], depth: 2, output: 'softplus', initialState: 'linear' }, {}],
    [
      'a GRU that reads its own steps',
      DAY,
      { views: ['latents'], cell: 'gru', depth: 2, decoder: 'autoregressive' },
      {},
    ],
    ['an LSTM that reads its own steps', DAY, { bidirectional: false, decoder: 'autoregressive', views: [] }, {}],
    [
      'the latents of dense layers',
      { steps: 20, channels: 2 },
      { kind: 'dae', dae: { layers: [12, 8], latent: 3, updates: 30 } },
      {},
    ],
    [
      'what dense layers give back',
      DAY,
      { kind: 'dae', dae: { layers: [8], latent: 3, updates: 30, embedding: 'reconstruction' } },
      { transform: 'none', scale: 'max', scope: 'own' },
    ],
    [
      'the latents of convolutions',
      { steps: 13, channels: 2 },
      { kind: 'cnn', cnn: { filters: [6, 4], kernel: 4, stride: 2, latent: 3, updates: 30 } },
      {},
    ],
    [
      'what convolutions give back',
      DAY,
      { kind: 'cnn', cnn: { filters: [4], kernel: 5, stride: 3, latent: 3, updates: 30, embedding: 'reconstruction' } },
      { transform: 'none', scale: 'max', scope: 'own' },
    ],
    [
      'the latents of a transformer',
      { steps: 13, channels: 2 },
      { kind: 'transformer', transformer: { patch: 3, width: 8, heads: 2, latent: 3, updates: 30 } },
      {},
    ],
    [
      'what a transformer gives back',
      DAY,
      {
        kind: 'transformer',
        transformer: { width: 8, heads: 1, depth: 1, latent: 3, updates: 20, embedding: 'reconstruction' },
      },
      { transform: 'none', scale: 'max', scope: 'own' },
    ],
    ['raw windows', { steps: 20, channels: 2 }, { kind: 'raw' }, {}],
    ['random kernels without a VRAE', DAY, { kind: 'rocket', embeddingSize: 6 }, {}],
  ])('gives what the model gives: %s', async (_, shape, encoder, series) => {
    const model = await trainUsage(shape, encoder, series);
    const onnx = await openOnnx(toOnnx(model).bytes);
    for (const [name, windows] of Object.entries(oddWindows(model))) {
      const given = await onnx.run(toFed(windows, shape));
      for (const engine of ['js', 'wasm'] as const) {
        compare(given, await encode(model, windows, engine), `${name} on ${engine}`);
      }
    }
    await onnx.close();
  });

  it('gives 300 windows at once, and one alone, what the fastest engine gives', async () => {
    const model = await defaultModel;
    const onnx = await openOnnx(toOnnx(model).bytes);
    const many = prepareUsage(model, 300);
    const one = { length: 1, values: many.values.slice(-24), mask: many.mask.slice(-24) };
    for (const windows of [many, one]) {
      compare(await onnx.run(toFed(windows, DAY)), await encode(model, windows, 'auto'), `${windows.length} windows`);
    }
    await onnx.close();
  });

  it('brings embeddings to unit length for segments by direction', async () => {
    const model = await defaultModel;
    const { clusterModel } = model;
    const centroids = toUnitRows(clusterModel.centroids, clusterModel.size);
    const byDirection = { ...model, clusterModel: { ...clusterModel, centroids, distance: 'cosine' as const } };
    const onnx = await openOnnx(toOnnx(byDirection).bytes);
    const windows = prepareUsage(model, 20);
    compare(await onnx.run(toFed(windows, DAY)), await encode(byDirection, windows, 'js'), 'directions');
    await onnx.close();
  });

  it('leaves the decoder out on request', async () => {
    const model = await defaultModel;
    const [whole, bare] = [toOnnx(model), toOnnx(model, { reconstruction: false })];
    expect(bare.bytes.length).toBeLessThan(whole.bytes.length);
    expect(bare.manifest.outputs.map(({ name }) => name)).toEqual(['embedding', 'distances', 'segment']);
    const onnx = await openOnnx(bare.bytes);
    const given = await onnx.run(toFed(prepareUsage(model, 2), DAY));
    expect(Object.keys(given)).toEqual(['embedding', 'distances', 'segment']);
    await onnx.close();
  });

  it('says in the file what the model is', async () => {
    const model = await defaultModel;
    const { bytes, manifest } = toOnnx(model);
    expect(manifest).toMatchObject({
      format: 'segtide-onnx',
      modelVersion: model.modelVersion,
      segments: model.clusterModel.segmentIds,
      series: model.series,
      scale: model.scale,
      inputs: [
        { name: 'values', dtype: 'float32', shape: ['batch', 24, 1] },
        { name: 'mask', dtype: 'uint8', shape: ['batch', 24, 1] },
      ],
    });
    expect(new TextDecoder().decode(bytes)).toContain(JSON.stringify(manifest));
    expect(toOnnx(model).bytes).toEqual(bytes);
  });

  it('refuses a view that ONNX has no operators for', async () => {
    const model = await trainUsage(DAY, { views: ['profile', 'catch22'] });
    expect(() => toOnnx(model)).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringContaining('view catch22') }),
    );
  });
});

interface PreparedWindows {
  readonly length: number;
  readonly values: Float32Array;
  readonly mask: Uint8Array;
}

function prepareUsage({ series, scale }: ModelArtifact, length: number): PreparedWindows {
  return prepareSeries(series, scale ?? undefined, usageWindows(series, length, 2));
}

/** A few windows of each of many kinds. */
function oddWindows(model: ModelArtifact): Record<string, PreparedWindows> {
  const { steps, channels } = model.series;
  const cells = steps * channels;
  const random = createRandom(9);
  const draw = (length: number, cell: (row: number, at: number) => number): PreparedWindows => ({
    length,
    values: Float32Array.from({ length: length * cells }, (_, i) => cell(Math.floor(i / cells), i % cells)),
    mask: new Uint8Array(length * cells),
  });
  const masked = draw(8, () => random.normal());
  masked.mask.set(masked.mask.map((_, i) => (i < cells ? MISSING : random.below(4))));
  return {
    usual: prepareUsage(model, 20),
    random: draw(8, () => random.normal()),
    constant: draw(8, (row) => row / 2 - 2),
    zero: draw(1, () => 0),
    spikes: draw(8, (row, at) => (at % steps === row % steps ? 8 : -1)),
    large: draw(8, () => 10 * random.normal()),
    huge: draw(8, () => 1e9 * random.normal()),
    tiny: draw(8, () => 1e-9 * random.normal()),
    masked,
  };
}

const MISSING = 2;

function toFed({ length, values, mask }: PreparedWindows, { steps, channels }: UsageShape) {
  const shape = [length, steps, channels];
  return { values: { shape, values }, mask: { shape, values: mask } };
}

async function encode(model: ModelArtifact, windows: PreparedWindows, engine: VraeEngine) {
  const { encoder, cluster } = openModel(model, { engine });
  const { steps, channels } = encoder;
  const embeddings = await encoder.encode(toSeriesBatch({ ...windows, steps, channels }));
  const reconstruction = await encoder.reconstruct?.(embeddings.latents!);
  encoder.dispose?.();
  return { ...embeddings, reconstruction, assignments: assign(cluster, embeddings) };
}

function compare(given: Results, wanted: Awaited<ReturnType<typeof encode>>, what: string): void {
  const { assignments, length } = wanted;
  const { k } = assignments.model;
  expect(differenceOf(given.embedding!, wanted.embeddings), what).toBeLessThan(TOLERANCE);
  const { latents, reconstruction, reconstructionErrors } = wanted;
  const ofVrae = { latents: latents?.values, reconstruction, reconstructionError: reconstructionErrors };
  for (const [name, numbers] of Object.entries(ofVrae)) {
    if (numbers === undefined) expect(given, what).not.toHaveProperty(name);
    else expect(differenceOf(given[name]!, numbers), `${what}: ${name}`).toBeLessThan(TOLERANCE);
  }
  const nearest = assignments.nearest.map((j, row) => row * k + j);
  const distances = Array.from(nearest, (at) => Number(given.distances![at]));
  expect(differenceOf(distances, assignments.distances), what).toBeLessThan(TOLERANCE);
  for (let row = 0; row < length; row++) {
    if (assignments.margins[row]! > TOLERANCE) expect(Number(given.segment![row]), what).toBe(assignments.nearest[row]);
  }
}

/** Largest difference, relative to the largest of the numbers, or to 1. */
function differenceOf(given: ArrayLike<unknown>, wanted: ArrayLike<number>): number {
  expect(given.length).toBe(wanted.length);
  let largest = 0;
  let scale = 1;
  for (let i = 0; i < wanted.length; i++) {
    largest = Math.max(largest, Math.abs(Number(given[i]) - wanted[i]!));
    scale = Math.max(scale, Math.abs(wanted[i]!));
  }
  return largest / scale;
}
