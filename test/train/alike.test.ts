import { describe, expect, it } from 'vitest';
import { decodeArtifact } from '../../src/train/encode-artifact.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import type { TrainingJob } from '../../src/train/training-job.js';
import { SMALL, smallJob } from '../support/small-models.js';

const VIEWS = {
  ...SMALL.trainer.model,
  encoder: { ...SMALL.trainer.model.encoder, views: ['profile', 'level'] as const },
};

/** A retraining on windows that all are the first of the sample. */
function alike(job: TrainingJob): TrainingJob {
  const { steps, channels, customers, values, mask } = job.reservoir;
  const cells = steps * channels;
  return {
    ...job,
    reservoir: {
      ...job.reservoir,
      values: values.map((_, at) => values[at % cells]!),
      mask: mask.map((_, at) => mask[at % cells]!),
      customers,
    },
  };
}

describe('a retraining where the stream has come to be all alike', () => {
  it.each([
    ['latents', SMALL.trainer.model],
    ['views', VIEWS],
  ])('gives a verdict in finite numbers with %s, and keeps ids', async (_, settings) => {
    const first = await runTrainingJob(smallJob({ settings }));
    const { artifact, nextSegmentNumber } = first;
    const champion = { artifact, clusterModel: decodeArtifact(artifact).clusterModel };
    const {
      values,
      why,
      artifact: challenger,
    } = await runTrainingJob(alike(smallJob({ settings, number: 2, champion, nextSegmentNumber })));
    expect(why.length).toBeGreaterThan(0);
    for (const value of Object.values(values)) if (value !== null) expect(value).toBeTypeOf('number');
    for (const value of Object.values(values)) if (value !== null) expect(Number.isFinite(value)).toBe(true);
    const { segmentIds } = decodeArtifact(challenger).clusterModel;
    expect(new Set(segmentIds).size).toBe(segmentIds.length);
  });
});
