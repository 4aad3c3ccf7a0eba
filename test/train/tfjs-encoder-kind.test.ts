import { rm, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveEncoder } from '../../src/encode/encoder-options.js';
import { checkModel } from '../../src/train/check-model.js';
import { decodeArtifact } from '../../src/train/encode-artifact.js';
import { toOnnx } from '../../src/train/onnx/to-onnx.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import type { TrainingJob } from '../../src/train/training-job.js';
import { SMALL, smallJob } from '../support/small-models.js';
import { STEPS } from '../support/small-stream.js';
import { halvesLayers, writeTfjs } from '../support/tfjs-models.js';

let file: string;
beforeAll(async () => {
  file = await writeTfjs(halvesLayers(STEPS));
});
afterAll(() => rm(dirname(file), { recursive: true }));

const job = (): TrainingJob =>
  smallJob({ settings: { ...SMALL.trainer.model, encoder: resolveEncoder({ kind: 'tfjs', file, engine: 'js' }) } });

describe('a training of kind tfjs', () => {
  it('makes a model that has the files within it, the same of the same', async () => {
    const trained = await runTrainingJob(job());
    expect(trained.promoted).toBe(true);
    expect((await runTrainingJob(job())).artifact).toEqual(trained.artifact);
    const model = decodeArtifact(trained.artifact);
    expect(() => checkModel(model)).not.toThrow();
    expect(model.clusterModel).toMatchObject({ k: 3, size: 2 });
    expect(JSON.stringify(model.encoder)).not.toContain(dirname(file));
    expect(() => toOnnx(model)).toThrow('a TensorFlow model; convert that');
  });

  it('fails, and no more, where the weights are not what they were', async () => {
    await truncate(join(dirname(file), 'group1-shard2of2.bin'), 5);
    const text = expect.stringContaining('its weights have 8 bytes');
    await expect(runTrainingJob(job())).rejects.toMatchObject({ code: 'encoder', message: text });
  });
});
