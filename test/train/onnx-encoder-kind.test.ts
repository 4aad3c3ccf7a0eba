import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveEncoder } from '../../src/encode/encoder-options.js';
import { checkModel } from '../../src/train/check-model.js';
import { decodeArtifact, encodeArtifact } from '../../src/train/encode-artifact.js';
import { toOnnx } from '../../src/train/onnx/to-onnx.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import type { TrainingJob } from '../../src/train/training-job.js';
import { halvesOnnx, projectingOnnx } from '../support/onnx-files.js';
import { SMALL, smallJob } from '../support/small-models.js';
import { STEPS } from '../support/small-stream.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segtide-onnx-kind-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function jobOf(bytes: Uint8Array, fields: Partial<TrainingJob> = {}): Promise<TrainingJob> {
  const file = join(folder, 'model.onnx');
  await writeFile(file, bytes);
  const encoder = resolveEncoder({ kind: 'onnx', file, engine: 'js' });
  return smallJob({ settings: { ...SMALL.trainer.model, encoder }, ...fields });
}

describe('a training of kind onnx', () => {
  it('makes a model that has the file within it, and of another file another version', async () => {
    const file = halvesOnnx(STEPS);
    const first = await runTrainingJob(await jobOf(file));
    expect(first.promoted).toBe(true);
    expect(first.values).toMatchObject({ challengerReconstructionError: null, challengerActiveUnits: null });
    expect((await runTrainingJob(await jobOf(file))).artifact).toEqual(first.artifact);
    const model = decodeArtifact(first.artifact);
    expect(encodeArtifact(model)).toEqual(first.artifact);
    expect(() => checkModel(model)).not.toThrow();
    expect(model.encoder.tensors.file!.values).toEqual(file);
    expect(JSON.stringify(model.encoder)).not.toContain(folder);
    expect(model.clusterModel).toMatchObject({ k: 3, size: 2 });
    expect(() => toOnnx(model)).toThrow('an ONNX file already');
    const swapped = await runTrainingJob(
      await jobOf(projectingOnnx(STEPS, new Float32Array(STEPS * 2).fill(1).fill(2, 8))),
    );
    expect(swapped.modelVersion).not.toBe(first.modelVersion);
  });

  it('carries its segments on over a retraining, a refit and a change of kind', async () => {
    const file = halvesOnnx(STEPS);
    const first = await runTrainingJob(await jobOf(file));
    const { clusterModel } = decodeArtifact(first.artifact);
    const champion = { artifact: first.artifact, clusterModel };
    for (const refit of [false, true]) {
      const next = await runTrainingJob(
        await jobOf(file, { number: 2, seed: 2, champion, refit, nextSegmentNumber: 4 }),
      );
      expect(decodeArtifact(next.artifact).clusterModel.segmentIds).toEqual(clusterModel.segmentIds);
      expect(next.values.churn).toBeLessThan(0.05);
    }
    const raw = { ...SMALL.trainer.model, encoder: resolveEncoder({ kind: 'raw', engine: 'js' }) };
    const other = await runTrainingJob(smallJob({ number: 2, champion, settings: raw, nextSegmentNumber: 4 }));
    const ids = decodeArtifact(other.artifact).clusterModel.segmentIds;
    expect(ids.some((id) => clusterModel.segmentIds.includes(id))).toBe(true);
  });

  it('warns of numbers that are not finite, and has no centroid of them', async () => {
    const { artifact } = await runTrainingJob(await jobOf(halvesOnnx(STEPS, 'Sqrt')));
    const { clusterModel, training, encoder } = decodeArtifact(artifact);
    expect(training.warning).toMatch(/not finite for \d+ of \d+ windows; the mean stands in for them/);
    expect(clusterModel.centroids.every(Number.isFinite)).toBe(true);
    expect(encoder.tensors.fill!.values.every((value) => value > 0)).toBe(true);
  });

  it('fails, and no more, where the file is not what it was', async () => {
    await expect(runTrainingJob(await jobOf(halvesOnnx(STEPS).subarray(0, 100)))).rejects.toMatchObject({
      code: 'encoder',
      message: expect.stringContaining('it is no ONNX file: it is cut off'),
    });
  });

  it('fails in words where no number is finite, or all windows are the same to it', async () => {
    const nothing = projectingOnnx(STEPS, new Float32Array(STEPS * 2).fill(Number.NaN));
    await expect(runTrainingJob(await jobOf(nothing))).rejects.toMatchObject({
      code: 'encoder',
      message: expect.stringContaining('not finite for all'),
    });
    const same = await runTrainingJob(await jobOf(projectingOnnx(STEPS, new Float32Array(STEPS * 2))));
    expect(same.promoted).toBe(false);
    expect(same.why.join()).toContain('nothing to segment');
  });
});
