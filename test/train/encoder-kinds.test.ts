import { describe, expect, it } from 'vitest';
import { AUTOENCODER_KINDS } from '../../src/encode/encoder-kind.js';
import { type EncoderOptions, resolveEncoder } from '../../src/encode/encoder-options.js';
import { resolveSeries, type SeriesOptions } from '../../src/series/series-settings.js';
import { resolveSegmentation } from '../../src/stage-settings.js';
import { checkModel } from '../../src/train/check-model.js';
import { decodeArtifact, encodeArtifact } from '../../src/train/encode-artifact.js';
import { evaluateWindows } from '../../src/train/evaluate-windows.js';
import { openModel } from '../../src/train/loaded-model.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import type { ModelSettings, TrainingJob, TrainingResult } from '../../src/train/training-job.js';
import { toGivenWindows } from '../../src/window/given-windows.js';
import { SMALL, smallJob } from '../support/small-models.js';

const { model: VRAE } = SMALL.trainer;
const KINDS = ['raw', 'features', 'rocket', 'dtw'] as const;
const KINDS_OF_SERIES = ['vrae', ...AUTOENCODER_KINDS, ...KINDS] as const;
/** Kinds that give windows back. */
const DECODED: readonly string[] = ['vrae', ...AUTOENCODER_KINDS];

function settingsOf(encoder: EncoderOptions): ModelSettings {
  const small = {
    dae: { layers: [16], latent: 4, updates: 60 },
    cnn: { filters: [4], kernel: 3, latent: 4, updates: 60 },
    transformer: { width: 8, heads: 2, depth: 1, latent: 4, updates: 30 },
  };
  return { ...VRAE, encoder: resolveEncoder({ engine: 'js', ...small, ...encoder }) };
}

function jobOf(encoder: EncoderOptions, fields: Partial<TrainingJob> = {}): TrainingJob {
  return smallJob({ settings: settingsOf(encoder), ...fields });
}

function championOf({ artifact }: TrainingResult): NonNullable<TrainingJob['champion']> {
  return { artifact, clusterModel: decodeArtifact(artifact).clusterModel };
}

it('embeds windows by the features that are asked for', async () => {
  const headerOf = async (encoder: EncoderOptions): Promise<string> =>
    JSON.stringify(decodeArtifact((await runTrainingJob(jobOf(encoder))).artifact).encoder.header);
  expect(await headerOf({ kind: 'features' })).toContain('"kind":"catch22"');
  expect(await headerOf({ kind: 'features', features: 'compact' })).toContain('"kind":"compact-features"');
});

describe.each(KINDS)('a training of kind %s', (kind) => {
  it('makes the same bytes of the same job, which bring the model back', async () => {
    const first = await runTrainingJob(jobOf({ kind }));
    expect((await runTrainingJob(jobOf({ kind }))).artifact).toEqual(first.artifact);
    const model = decodeArtifact(first.artifact);
    expect(encodeArtifact(model)).toEqual(first.artifact);
    expect(() => checkModel(model)).not.toThrow();
    expect(model.encoder).toMatchObject({ kind, settings: { shift: 'aligned', seed: 1 } });
    expect(openModel(model, { engine: 'js' }).encoder.embeddingSize).toBe(model.clusterModel.size);
  });

  it('says of what it does not have that it is undefined, and never that it is nothing', async () => {
    const { artifact, promoted, values, views, profiles } = await runTrainingJob(jobOf({ kind }));
    expect(promoted).toBe(true);
    expect(values).toMatchObject({ challengerReconstructionError: null, challengerActiveUnits: null });
    expect(Number.isFinite(values.challengerSilhouette)).toBe(true);
    expect(views).toEqual([]);
    expect(profiles.length).toBe(3);
    expect(decodeArtifact(artifact).training).toMatchObject({
      ...{ updates: 0, trainLoss: null, heldOutLoss: null, heldOutReconstruction: null, activeUnits: null },
    });
  });

  it('carries its segments on over a retraining and a refit, and is held against the champion', async () => {
    const champion = championOf(await runTrainingJob(jobOf({ kind })));
    for (const refit of [false, true]) {
      const next = await runTrainingJob(jobOf({ kind }, { number: 2, seed: 2, champion, refit, nextSegmentNumber: 4 }));
      const { clusterModel } = decodeArtifact(next.artifact);
      expect(clusterModel.segmentIds).toEqual(champion.clusterModel.segmentIds);
      expect(next.values.reconstructionGain).toBeNull();
      // Another seed draws other kernels, and a window on a border may fall on its other side.
      expect(next.values.churn).toBeLessThan(0.05);
      expect(next.why.join()).toMatch(refit ? /silhouette .* against/ : /silhouette/);
    }
  });

  it.each([
    ['zero', () => 0],
    ['constant', () => 7],
  ])('refuses windows that are all %s, since nothing tells them apart', async (_, draw) => {
    const values = Float32Array.from({ length: 40 * 8 }, draw);
    const windows = toGivenWindows({ length: 40, steps: 8, channels: 1, values, mask: new Uint8Array(values.length) });
    const evaluation = await evaluateWindows(windows, settingsOf({ kind }), {
      ...{ fold: 'all', seed: 1, train: (job) => runTrainingJob(job) },
    });
    expect(evaluation.verdict.promoted).toBe(false);
    expect(evaluation.verdict.why.join()).toContain('nothing to segment');
    expect(evaluation.assignments.length).toBe(40);
  });

  it('makes of two windows two segments, of the six that are asked for', async () => {
    const values = Float32Array.from({ length: 16 }, (_, i) => (i < 8 ? i : 9 - i));
    const windows = toGivenWindows({ length: 2, steps: 8, channels: 1, values, mask: new Uint8Array(16) });
    const settings = settingsOf({ kind });
    const { assignments, reconstructionError } = await evaluateWindows(
      windows,
      { ...settings, cluster: { ...settings.cluster, k: 6 } },
      { fold: 'all', seed: 1, train: (job) => runTrainingJob(job) },
    );
    expect(assignments.length).toBe(2);
    expect(assignments.embeddings.embeddings.every(Number.isFinite)).toBe(true);
    expect(reconstructionError).toBeNull();
  });
});

describe('precomputed embeddings', () => {
  const settings = (channels: number): ModelSettings => ({
    ...settingsOf({ kind: 'precomputed' }),
    series: resolveSeries({ transform: 'none', scale: 'none' }, 1, channels),
  });
  const embeddings = (rows: readonly (readonly number[])[]) => {
    const values = Float32Array.from(rows.flat());
    const channels = rows[0]!.length;
    return toGivenWindows({ length: rows.length, steps: 1, channels, values, mask: new Uint8Array(values.length) });
  };
  const evaluated = async (rows: readonly (readonly number[])[], labels?: readonly string[]) =>
    evaluateWindows(embeddings(rows), settings(rows[0]!.length), {
      ...{ fold: 'all', seed: 1, labels, train: (job) => runTrainingJob(job) },
    });

  it('are clustered as they are, with a model that says so', async () => {
    const corners = [
      [5, 0, -5, 0],
      [0, 5, 0, -5],
      [-5, -5, 5, 5],
    ];
    const rows = Array.from({ length: 60 }, (_, i) => corners[i % 3]!.map((x, m) => x + Math.sin(i * 7 + m)));
    const { model, assignments, ari, verdict } = await evaluated(
      rows,
      rows.map((_, i) => `c${i % 3}`),
    );
    expect(verdict.promoted).toBe(true);
    expect(ari).toBe(1);
    expect(model.encoder).toMatchObject({ kind: 'precomputed', header: { size: 4 }, tensors: {} });
    expect(assignments.embeddings.embeddings).toEqual(Float32Array.from(rows.flat()));
    const back = decodeArtifact(encodeArtifact(model));
    expect(() => checkModel(back)).not.toThrow();
    expect(back).toEqual(model);
    const damaged = { ...model, encoder: { ...model.encoder, header: { size: 0.5 } } };
    expect(() => openModel(damaged, { engine: 'js' })).toThrow('embeddings of 0.5 numbers');
  });

  it('that are all the same are refused, since nothing tells them apart', async () => {
    const { verdict } = await evaluated(Array.from({ length: 20 }, () => [1, 2, 3]));
    expect(verdict.why.join()).toContain('nothing to segment');
  });

  it('need windows of one step, and series as they came', () => {
    const resolve = (steps: number, series: SeriesOptions) =>
      resolveSegmentation({ window: { step: 'hour', steps }, encoder: { kind: 'precomputed' }, series }, false);
    expect(() => resolve(1, { transform: 'none', scale: 'none' })).not.toThrow();
    expect(() => resolve(2, { transform: 'none', scale: 'none' })).toThrow('set window.steps to 1, not 2');
    expect(() => resolve(1, {})).toThrow('set series.transform and series.scale to none, not log1p and zscore');
  });
});

describe('a change of kind', () => {
  it('goes on from a champion of every other kind, with its segments', async () => {
    for (const before of KINDS_OF_SERIES) {
      const first = await runTrainingJob(before === 'vrae' ? smallJob() : jobOf({ kind: before }));
      for (const kind of KINDS_OF_SERIES.filter((other) => other !== before)) {
        const fields = { number: 2, champion: championOf(first), refit: true, nextSegmentNumber: 4 };
        const { artifact, values } = await runTrainingJob(kind === 'vrae' ? smallJob(fields) : jobOf({ kind }, fields));
        const model = decodeArtifact(artifact);
        expect(model.encoder.kind).toBe(kind);
        expect(model.clusterModel.segmentIds.some((id) => championOf(first).clusterModel.segmentIds.includes(id))).toBe(
          true,
        );
        expect(values.reconstructionGain === null).toBe(!(DECODED.includes(kind) && DECODED.includes(before)));
      }
    }
  });

  it('refuses a kind that it does not know', async () => {
    const { artifact } = await runTrainingJob(jobOf({ kind: 'raw' }));
    const model = decodeArtifact(artifact);
    expect(() => openModel({ ...model, encoder: { ...model.encoder, kind: 'oracle' } })).toThrow(
      expect.objectContaining({ code: 'state', message: expect.stringContaining('no encoder of kind oracle') }),
    );
  });
});
