import { resolveCnn } from '../../../src/encode/cnn/cnn-options.js';
import { resolveDae } from '../../../src/encode/dae/dae-options.js';
import type { EncoderOptions } from '../../../src/encode/encoder-options.js';
import { resolveTransformer } from '../../../src/encode/transformer/transformer-options.js';
import { createRandom } from '../../../src/numeric/random.js';
import { resolveSeries, type SeriesOptions } from '../../../src/series/series-settings.js';
import { decodeArtifact } from '../../../src/train/encode-artifact.js';
import type { ModelArtifact } from '../../../src/train/model-artifact.js';
import { createReservoir } from '../../../src/train/reservoir.js';
import { runTrainingJob } from '../../../src/train/run-training-job.js';
import { MASK_MISSING } from '../../../src/window/window-batch.js';
import { windowsOf } from '../../cluster/embeddings.js';
import { SMALL, smallJob } from '../../support/small-models.js';

export interface UsageShape {
  readonly steps: number;
  readonly channels: number;
}

/** Windows of counts with peaks at times, and at levels, that differ by customer; a few steps are missing. */
export function usageWindows({ steps, channels }: UsageShape, length = 120, seed = 1) {
  const random = createRandom(seed);
  const values = new Float32Array(length * steps * channels);
  const mask = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const row = Math.floor(i / (steps * channels));
    const t = Math.floor(i / channels) % steps;
    const level = 3 ** (row % 5) * 10 ** (i % channels);
    values[i] = Math.max(0, Math.round(level * (1 + Math.sin(t / 2 + (row % 3)) + 0.5 * random.normal())));
    if (random.below(25) > 0) continue;
    values[i] = 0;
    mask[i] = MASK_MISSING;
  }
  const observedSteps = new Uint16Array(length).fill(steps);
  return windowsOf(length, { steps, channels, values, mask, observedSteps });
}

/** A model of such windows, by the job that trains a stream's models. */
export async function trainUsage(
  shape: UsageShape,
  encoder: EncoderOptions = {},
  series: SeriesOptions = {},
): Promise<ModelArtifact> {
  const windows = usageWindows(shape);
  const reservoir = createReservoir({ capacity: 500, ...shape, seed: 1 });
  for (let i = 0; i < windows.length; i++) reservoir.add(windows, i);
  const { model } = SMALL.trainer;
  const settings = {
    ...model,
    encoder: {
      ...{ ...model.encoder, engine: 'js' as const, updates: 30, ...encoder },
      dae: encoder.kind === 'dae' ? resolveDae(encoder.dae) : undefined,
      cnn: encoder.kind === 'cnn' ? resolveCnn(encoder.cnn) : undefined,
      transformer: encoder.kind === 'transformer' ? resolveTransformer(encoder.transformer) : undefined,
    },
    series: resolveSeries(series, shape.steps, shape.channels),
  };
  const { artifact } = await runTrainingJob(smallJob({ settings, reservoir: reservoir.snapshot() }));
  return decodeArtifact(artifact);
}
