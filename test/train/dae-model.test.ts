import { describe, expect, it } from 'vitest';
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
const DAE = { layers: [16, 8], latent: 4, updates: 200, batch: 16 } as const;

function settingsOf(dae: EncoderOptions['dae'] = {}, series = {}): ModelSettings {
  const { model } = SMALL.trainer;
  return {
    ...model,
    encoder: resolveEncoder({ kind: 'dae', engine: 'js', dae: { ...DAE, ...dae } }),
    series: resolveSeries({ transform: 'none', scale: 'max', scope: 'own', ...series }, STEPS, 1),
  };
}

/** The settings of the small stream, of kind dae. */
function jobOf(fields: Partial<TrainingJob> = {}): TrainingJob {
  const { model } = SMALL.trainer;
  return smallJob({ settings: { ...model, encoder: settingsOf().encoder }, ...fields });
}

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

describe('a training of kind dae', () => {
  it('makes the same bytes of the same job, which bring the model back', async () => {
    const { artifact, profiles, values } = await runTrainingJob(jobOf());
    expect((await runTrainingJob(jobOf())).artifact).toEqual(artifact);
    const model = decodeArtifact(artifact);
    expect(encodeArtifact(model)).toEqual(artifact);
    expect(() => checkModel(model)).not.toThrow();
    expect(model.encoder).toMatchObject({ kind: 'dae', settings: { layers: [16, 8], latent: 4 } });
    expect(openModel(model, { engine: 'js' }).encoder.embeddingSize).toBe(4);
    expect(profiles.every(({ decoded }) => decoded?.every(Number.isFinite))).toBe(true);
    expect(values.challengerActiveUnits).toBe(model.training.activeUnits);
    expect(values.challengerReconstructionError).toBeGreaterThan(0);
    for (const [name, header] of Object.entries({
      'an embedding of views': { embedding: 'views' },
      'layers of [] units': { layers: [] },
      'encoder.0.weights of (16, ': { steps: 9 },
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
      const settings = settingsOf({ embedding, layers: [32, 16], updates: 400, learningRate: 0.01 });
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
    const { model } = await evaluate(burstWindows(60), settingsOf());
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
    const { artifact } = await runTrainingJob(jobOf());
    const champion = { artifact, clusterModel: decodeArtifact(artifact).clusterModel };
    const next = { number: 2, champion, nextSegmentNumber: 4 };
    const updatesOf = async (fields: Partial<TrainingJob>) => {
      const job = jobOf({ ...next, ...fields });
      const settings = { ...job.settings, warmUpdates: 10 };
      const result = decodeArtifact((await runTrainingJob({ ...job, settings })).artifact);
      expect(result.clusterModel.segmentIds).toEqual(champion.clusterModel.segmentIds);
      return result.training.updates;
    };
    // There is no refit of a network without views.
    expect(await updatesOf({ refit: true })).toBe(10);
    expect(await updatesOf({ fresh: true })).toBeGreaterThan(10);
    const wider = resolveEncoder({ kind: 'dae', engine: 'js', dae: { ...DAE, latent: 5 } });
    expect(await updatesOf({ settings: { ...jobOf().settings, encoder: wider } })).toBeGreaterThan(10);
  });

  it.each([
    ['zero', () => 0],
    ['constant', () => 7],
  ])('refuses windows that are all %s, since nothing tells them apart', async (_, draw) => {
    const values = Float32Array.from({ length: 40 * STEPS }, draw);
    const windows = toGivenWindows({ length: 40, steps: STEPS, channels: 1, values, mask: new Uint8Array(320) });
    const { verdict, assignments } = await evaluate(windows, settingsOf());
    expect(verdict.promoted).toBe(false);
    expect(verdict.why.join()).toContain('nothing to segment');
    expect(assignments.length).toBe(40);
    expect(assignments.embeddings.reconstructionErrors!.every(Number.isFinite)).toBe(true);
  });

  it('makes of two windows two segments, of the six that are asked for', async () => {
    const settings = settingsOf();
    const { assignments } = await evaluate(burstWindows(2), { ...settings, cluster: { ...settings.cluster, k: 6 } });
    expect(assignments.length).toBe(2);
    expect(new Set(assignments.nearest).size).toBe(2);
    expect(assignments.embeddings.embeddings.every(Number.isFinite)).toBe(true);
  });
});
