import { describe, expect, it } from 'vitest';
import { type OpenEncoder, openEncoder } from '../../src/encode/open-encoder.js';
import { decodeArtifact } from '../../src/train/encode-artifact.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import { SMALL, smallJob, smallModels } from '../support/small-models.js';

describe('a training job', () => {
  it('frees the encoders of challenger and champion', async () => {
    const [first] = await smallModels(1);
    const champion = { artifact: first!.artifact, clusterModel: decodeArtifact(first!.artifact).clusterModel };
    const encoders = counted();
    await runTrainingJob(smallJob({ number: 2, champion, nextSegmentNumber: 4 }), { open: encoders.open });
    expect(encoders).toMatchObject({ opened: 2, freed: 2 });
  });

  it.each([
    ['the champion', 1],
    ['the challenger', 2],
  ])('frees them, too, where %s can not encode', async (_, failing) => {
    const [first] = await smallModels(1);
    const champion = { artifact: first!.artifact, clusterModel: decodeArtifact(first!.artifact).clusterModel };
    const encoders = counted(failing);
    const job = smallJob({ number: 2, champion, nextSegmentNumber: 4 });
    await expect(runTrainingJob(job, { open: encoders.open })).rejects.toThrow('no encoding');
    expect(encoders).toMatchObject({ opened: failing, freed: failing });
  });

  it('makes a model of a training that diverged late, and says so', async () => {
    const { model } = SMALL.trainer;
    // The divergence weighs more and more, until a step leads further away from its minimum than it came from.
    const steep = { optimizer: 'sgd', schedule: 'constant', learningRate: 1, momentum: 0, gradientClip: 1e30 } as const;
    const encoder = { ...model.encoder, ...steep, beta: 300, betaWarmUp: 1, updates: 400 };
    const result = await runTrainingJob(smallJob({ settings: { ...model, encoder } }));
    const { training } = decodeArtifact(result.artifact);
    expect(training.warning).toMatch(/The loss became \S+ after \d+ updates, and the best weights of those before/);
    expect(result.why).toContain(training.warning);
    expect(Number.isFinite(training.heldOutLoss)).toBe(true);
  });
});

/** Encoders that are counted; the `failing`-th of them does not encode. */
function counted(failing = 0) {
  const counts = { opened: 0, freed: 0 };
  const open: OpenEncoder = (...args) => {
    const encoder = openEncoder(...args);
    counts.opened++;
    const fails = counts.opened === failing;
    return {
      ...encoder,
      encode: (batch) => (fails ? Promise.reject(new Error('no encoding')) : encoder.encode(batch)),
      dispose: () => {
        counts.freed++;
        encoder.dispose();
      },
    };
  };
  return Object.assign(counts, { open });
}
