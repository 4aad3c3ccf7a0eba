import { describe, expect, it } from 'vitest';
import type { AutoencoderOptions } from '../../src/encode/autoencoder/autoencoder-options.js';
import { AUTOENCODER_KINDS, type AutoencoderKind } from '../../src/encode/encoder-kind.js';
import { type EncoderOptions, resolveEncoder } from '../../src/encode/encoder-options.js';
import { createRandom } from '../../src/numeric/random.js';
import { prepareSeries } from '../../src/series/prepare-series.js';
import { resolveSeries } from '../../src/series/series-settings.js';
import { checkModel } from '../../src/train/check-model.js';
import { decodeArtifact, encodeArtifact } from '../../src/train/encode-artifact.js';
import { evaluateWindows } from '../../src/train/evaluate-windows.js';
import { openModel } from '../../src/train/loaded-model.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import type { ModelSettings, TrainingJob } from '../../src/train/training-job.js';
import { toGivenWindows } from '../../src/window/given-windows.js';
import { isInformative } from '../../src/window/is-informative.js';
import { SMALL, smallJob } from '../support/small-models.js';

const STEPS = 8;
const TRAINING = { latent: 4, updates: 200, batch: 16 } as const;

/** A small network of each kind. */
const NETWORKS = {
  dae: { layers: [16, 8] },
  cnn: { filters: [8, 8], kernel: 3 },
  transformer: { patch: 3, width: 8, heads: 2, depth: 1 },
} as const satisfies Record<AutoencoderKind, EncoderOptions[AutoencoderKind]>;

/** More to learn with. */
const WIDER = {
  dae: { layers: [32, 16], learningRate: 0.01 },
  cnn: { filters: [8, 16], learningRate: 0.01 },
  transformer: { patch: 2, width: 16, heads: 2, depth: 1, learningRate: 0.003 },
} as const satisfies Record<AutoencoderKind, EncoderOptions[AutoencoderKind]>;

function encoderOf(kind: AutoencoderKind, options: AutoencoderOptions = {}): ModelSettings['encoder'] {
  return resolveEncoder({ kind, engine: 'js', [kind]: { ...TRAINING, ...NETWORKS[kind], ...options } });
}

function settingsOf(kind: AutoencoderKind, options: AutoencoderOptions = {}): ModelSettings {
  const { model } = SMALL.trainer;
  return {
    ...model,
    encoder: encoderOf(kind, options),
    series: resolveSeries({ transform: 'none', scale: 'max', scope: 'own' }, STEPS, 1),
  };
}

/** The settings of the small stream, with another encoder. */
function jobOf(kind: AutoencoderKind, fields: Partial<TrainingJob> = {}): TrainingJob {
  const { model } = SMALL.trainer;
  return smallJob({ settings: { ...model, encoder: encoderOf(kind) }, ...fields });
}

/** What can't be a network's header, and what is said of it. */
const DAMAGED: Readonly<Record<AutoencoderKind, Readonly<Record<string, object>>>> = {
  dae: { 'layers of [] units': { layers: [] }, 'encoder.0.weights of (16, ': { steps: 9 } },
  transformer: { 'patches of 0 steps': { patch: 0 }, 'tokens of 8 numbers and 3 heads': { heads: 3 } },
  cnn: { 'convolutions of [0] filters': { filters: [0] }, 'kernels of 3 steps, 0 apart': { stride: 0 } },
};

/** Bursts at the beginning, in the middle or at the end, of any height; some steps are missing. */
function burstWindows(length: number, missing = 0) {
  const random = createRandom(7);
  const values = new Float32Array(length * STEPS);
  const mask = new Uint8Array(length * STEPS);
  for (let row = 0; row < length; row++) {
    const height = 1 + 99 * random.next();
    for (let t = 0; t < STEPS; t++) {
      const isBurst = Math.floor(t / 3) === row % 3;
      values[row * STEPS + t] = height * ((isBurst ? 1 : 0.1) + 0.05 * random.next());
      if (random.next() < missing) mask[row * STEPS + t] = 2;
    }
  }
  return toGivenWindows({ length, steps: STEPS, channels: 1, values, mask });
}

const evaluate = (windows: ReturnType<typeof burstWindows>, settings: ModelSettings, labels?: readonly string[]) =>
  evaluateWindows(windows, settings, { fold: 'all', seed: 1, labels, train: (job) => runTrainingJob(job) });

describe.each(AUTOENCODER_KINDS)('a training of kind %s', (kind) => {
  it('makes the same bytes of the same job, which bring the model back', async () => {
    const { artifact, profiles, values } = await runTrainingJob(jobOf(kind));
    expect((await runTrainingJob(jobOf(kind))).artifact).toEqual(artifact);
    const model = decodeArtifact(artifact);
    expect(encodeArtifact(model)).toEqual(artifact);
    expect(() => checkModel(model)).not.toThrow();
    expect(model.encoder).toMatchObject({ kind, settings: { ...NETWORKS[kind], latent: 4 } });
    expect(openModel(model, { engine: 'js' }).encoder.embeddingSize).toBe(4);
    expect(profiles.every(({ decoded }) => decoded?.every(Number.isFinite))).toBe(true);
    expect(values.challengerActiveUnits).toBe(model.training.activeUnits);
    expect(values.challengerReconstructionError).toBeGreaterThan(0);
    for (const [name, header] of Object.entries({
      'an embedding of views': { embedding: 'views' },
      'shapes of 0.5 steps': { steps: 0.5 },
      '(5, ': { latent: 5 },
      ...DAMAGED[kind],
    })) {
      const damaged = { ...model.encoder, header: { ...(model.encoder.header as object), ...header } };
      expect(() => openModel({ ...model, encoder: damaged }, { engine: 'js' })).toThrow(name);
    }
  });

  it.each(['latents', 'reconstruction'] as const)(
    'tells bursts apart by %s, and gives them back',
    async (embedding) => {
      const windows = burstWindows(90, 0.1);
      const labels = Array.from({ length: 90 }, (_, i) => `c${i % 3}`);
      const settings = settingsOf(kind, { embedding, ...WIDER[kind], updates: 400 });
      const { verdict, ari, assignments, model, reconstructionError } = await evaluate(
        windows,
        { ...settings, cluster: { ...settings.cluster, k: 3 } },
        labels,
      );
      expect(verdict.promoted).toBe(true);
      expect(ari).toBeGreaterThan(0.9);
      const { embeddings, latents, embeddingSize, series, reconstructionErrors } = assignments.embeddings;
      expect(embeddingSize).toBe(embedding === 'latents' ? 4 : STEPS);
      const decoded = await openModel(model, { engine: 'js' }).encoder.reconstruct!(latents!);
      expect(embeddings).toEqual(embedding === 'latents' ? latents!.values : decoded);
      expect(decoded.every((value) => value >= 0)).toBe(true);
      // The mean of a window's cells has an error of some 0.15.
      expect(reconstructionError).toBeLessThan(0.03);
      for (let row = 0; row < 90; row++) {
        const cells = Array.from({ length: STEPS }, (_, t) => row * STEPS + t).filter((i) =>
          isInformative(series.mask[i]!),
        );
        const squares = cells.map((i) => (decoded[i]! - series.values[i]!) ** 2);
        const mean = squares.reduce((sum, square) => sum + square, 0) / cells.length;
        expect(reconstructionErrors![row]).toBeCloseTo(mean, 6);
      }
      expect(model.training.activeUnits).toBeGreaterThan(0);
      expect(model.training.heldOutLoss).toBe(model.training.heldOutReconstruction);
    },
  );

  it('reads a missing step as lying between its neighbours, whatever stands there', async () => {
    const { model } = await evaluate(burstWindows(60), settingsOf(kind));
    const { encoder, settings } = openModel(model, { engine: 'js' });
    const mask = Uint8Array.of(3, 0, 0, 2, 0, 0, 0, 2);
    const windowOf = (values: number[], known: Uint8Array) =>
      prepareSeries(
        settings,
        undefined,
        toGivenWindows({ length: 1, steps: STEPS, channels: 1, values: Float32Array.from(values), mask: known }),
      );
    const gaps = await encoder.encode(windowOf([0, 4, 2, 0, 6, 8, 2, 0], mask));
    const line = await encoder.encode(windowOf([4, 4, 2, 4, 6, 8, 2, 2], new Uint8Array(STEPS)));
    expect(gaps.embeddings).toEqual(line.embeddings);
    expect(gaps.reconstructionErrors).not.toEqual(line.reconstructionErrors);
  });

  it('goes on from a champion of its shape, and begins anew beside another or where all does', async () => {
    const { artifact } = await runTrainingJob(jobOf(kind));
    const champion = { artifact, clusterModel: decodeArtifact(artifact).clusterModel };
    const next = { number: 2, champion, nextSegmentNumber: 4 };
    const updatesOf = async (fields: Partial<TrainingJob>) => {
      const job = jobOf(kind, { ...next, ...fields });
      const settings = { ...job.settings, warmUpdates: 10 };
      const result = decodeArtifact((await runTrainingJob({ ...job, settings })).artifact);
      expect(result.clusterModel.segmentIds).toEqual(champion.clusterModel.segmentIds);
      return result.training.updates;
    };
    // There is no refit of a network without views.
    expect(await updatesOf({ refit: true })).toBe(10);
    expect(await updatesOf({ fresh: true })).toBeGreaterThan(10);
    const wider = encoderOf(kind, { latent: 5 });
    expect(await updatesOf({ settings: { ...jobOf(kind).settings, encoder: wider } })).toBeGreaterThan(10);
  });

  it.each([
    ['zero', () => 0],
    ['constant', () => 7],
  ])('refuses windows that are all %s, since nothing tells them apart', async (_, draw) => {
    const values = Float32Array.from({ length: 40 * STEPS }, draw);
    const windows = toGivenWindows({ length: 40, steps: STEPS, channels: 1, values, mask: new Uint8Array(320) });
    const { verdict, assignments } = await evaluate(windows, settingsOf(kind));
    expect(verdict.promoted).toBe(false);
    expect(verdict.why.join()).toContain('nothing to segment');
    expect(assignments.length).toBe(40);
    expect(assignments.embeddings.reconstructionErrors!.every(Number.isFinite)).toBe(true);
  });

  it('makes of two windows two segments, of the six that are asked for', async () => {
    const settings = settingsOf(kind);
    const { assignments } = await evaluate(burstWindows(2), { ...settings, cluster: { ...settings.cluster, k: 6 } });
    expect(assignments.length).toBe(2);
    expect(new Set(assignments.nearest).size).toBe(2);
    expect(assignments.embeddings.embeddings.every(Number.isFinite)).toBe(true);
  });
});
