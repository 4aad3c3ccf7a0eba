import { describe, expect, it } from 'vitest';
import type { VraeOptions } from '../../src/encode/vrae/vrae-options.js';
import { prepareSeries } from '../../src/series/prepare-series.js';
import { decodeArtifact } from '../../src/train/encode-artifact.js';
import { openModel } from '../../src/train/loaded-model.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import type { TrainingResult } from '../../src/train/training-job.js';
import { SMALL, smallJob, smallWindows } from '../support/small-models.js';

const WINDOWS = smallWindows();

describe('a trained model', () => {
  it('is the same bytes whatever the number of threads', async () => {
    const one = await trained({ engine: 'wasm', threads: 1 });
    const two = await trained({ engine: 'wasm', threads: 2 });
    expect(two.modelVersion).toBe(one.modelVersion);
    expect(two.artifact).toEqual(one.artifact);
  });

  it('keeps what it was trained by, and not what it was computed by', async () => {
    const { settings } = decodeArtifact((await trained({ engine: 'js' })).artifact).encoder;
    expect(settings).toMatchObject({ hidden: 6, latent: 4 });
    expect(settings).not.toHaveProperty('engine');
    expect(settings).not.toHaveProperty('threads');
  });

  it('opens on another engine than the one that trained it, and encodes the same', async () => {
    const model = decodeArtifact((await trained({ engine: 'js' })).artifact);
    const encode = async (engine: 'js' | 'wasm') => {
      const { encoder, settings, scale } = openModel(model, { engine });
      const { embeddings } = await encoder.encode(prepareSeries(settings, scale, WINDOWS));
      encoder.dispose?.();
      return embeddings;
    };
    const [js, wasm] = [await encode('js'), await encode('wasm')];
    // They round differently, which tells that each was opened on its own.
    expect(wasm).not.toEqual(js);
    expect(Math.max(...wasm.map((value, i) => Math.abs(value - js[i]!)))).toBeLessThan(1e-5);
  });
});

function trained(options: VraeOptions): Promise<TrainingResult> {
  const { model } = SMALL.trainer;
  return runTrainingJob(smallJob({ settings: { ...model, encoder: { ...model.encoder, ...options } } }));
}
