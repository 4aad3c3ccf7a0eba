import { describe, expect, it } from 'vitest';
import { type VraeModel, viewMapOf } from '../../src/encode/encoder-model.js';
import { type OpenEncoder, openEncoder } from '../../src/encode/open-encoder.js';
import { decodeArtifact, encodeArtifact } from '../../src/train/encode-artifact.js';
import { fromEncoderTensors } from '../../src/train/encoder-tensors.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import type { TrainingJob } from '../../src/train/training-job.js';
import { SMALL, smallJob, smallModels } from '../support/small-models.js';
import { STEPS } from '../support/small-stream.js';

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

  it('makes the same bytes of the same job, with views too, and tells what they count', async () => {
    const first = await runTrainingJob(withViews());
    const again = await runTrainingJob(withViews());
    expect(again.artifact).toEqual(first.artifact);
    const model = decodeArtifact(first.artifact);
    expect(encodeArtifact(model)).toEqual(first.artifact);
    expect(model.clusterModel.size).toBe(8);
    expect(model.training.views).toEqual(first.views);
    expect(first.views.map(({ kind }) => kind)).toEqual(['profile', 'level']);
    expect(viewMapOf(fromEncoderTensors(model.encoder))!.weights).toEqual(first.views.map(({ weight }) => weight));
  });

  it('tells which numbers of segments it tried, where it was to choose, and keeps them in the model', async () => {
    const { model } = SMALL.trainer;
    const settings = { ...model, cluster: { ...model.cluster, k: 'auto' as const } };
    const { artifact, kAdvice } = await runTrainingJob(smallJob({ settings }));
    const { clusterModel, training } = decodeArtifact(artifact);
    expect(training.kAdvice).toEqual(kAdvice);
    const best = kAdvice.reduce((a, b) => (b.score > a.score ? b : a));
    expect(best.k).toBe(clusterModel.k);
    expect(kAdvice.map(({ k }) => k)).toEqual(kAdvice.map((_, i) => i + 2));
    expect((await runTrainingJob(smallJob())).kAdvice).toEqual([]);
  });

  it('fits segments by direction, with centroids at unit length', async () => {
    const { model } = SMALL.trainer;
    const settings = { ...model, cluster: { ...model.cluster, distance: 'cosine' as const } };
    const { artifact } = await runTrainingJob(smallJob({ settings }));
    const { centroids, size, distance, k } = decodeArtifact(artifact).clusterModel;
    expect(distance).toBe('cosine');
    for (let j = 0; j < k; j++) {
      expect(Math.hypot(...centroids.subarray(j * size, (j + 1) * size))).toBeCloseTo(1, 6);
    }
  });

  it.each([
    ['identical windows', 40],
    ['one customer', 1],
  ])('takes %s as they come, and says that there are fewer segments than were asked for', async (_, rows) => {
    const job = smallJob();
    const { customers, starts, ends, observedSteps, values, mask } = job.reservoir;
    const reservoir = {
      ...job.reservoir,
      customers: customers.slice(0, rows),
      starts: starts.slice(0, rows),
      ends: ends.slice(0, rows),
      observedSteps: observedSteps.slice(0, rows),
      values: Float32Array.from({ length: rows * STEPS }, (_, at) => values[at % STEPS]!),
      mask: Uint8Array.from({ length: rows * STEPS }, (_, at) => mask[at % STEPS]!),
    };
    const { why, profiles, promoted } = await runTrainingJob({ ...job, reservoir });
    // Latents that tell nothing are not sound.
    expect(promoted).toBe(false);
    expect(why.join()).toMatch(/no more than 1 different embeddings: 1 segments, where 3 were asked for/);
    expect(profiles.map(({ segmentId, size }) => [segmentId, size])).toEqual([['s1', rows]]);
  });

  it('makes the plain VRAE where there are no views', async () => {
    const { artifact, views } = await runTrainingJob(smallJob());
    expect(views).toEqual([]);
    const model = decodeArtifact(artifact);
    expect(model.clusterModel.size).toBe(4);
    expect(viewMapOf(fromEncoderTensors(model.encoder))).toBeUndefined();
  });

  it('goes on from a champion with views, one without, and to one without', async () => {
    const championOf = async (job: TrainingJob) => {
      const { artifact } = await runTrainingJob(job);
      return { artifact, clusterModel: decodeArtifact(artifact).clusterModel };
    };
    const [seen, plain] = [await championOf(withViews()), await championOf(smallJob())];
    const later = { number: 2, nextSegmentNumber: 4, seed: 2 };
    for (const [champion, size, job] of [
      [seen, 8, withViews],
      [plain, 8, withViews],
      [seen, 4, smallJob],
    ] as const) {
      const result = await runTrainingJob(job({ ...later, champion }));
      const { clusterModel, lineage } = decodeArtifact(result.artifact);
      expect(clusterModel.size).toBe(size);
      expect(clusterModel.centroids.every(Number.isFinite)).toBe(true);
      expect(lineage.length).toBeGreaterThan(0);
    }
  });

  it('goes on from a champion of one segment, and to one, and carries its id over', async () => {
    const alike = withValues(smallJob(), (_, step) => step);
    const one = await runTrainingJob(alike);
    expect(one.profiles.map(({ segmentId }) => segmentId)).toEqual(['s1']);
    const champion = { artifact: one.artifact, clusterModel: decodeArtifact(one.artifact).clusterModel };
    const later = { number: 2, champion, nextSegmentNumber: one.nextSegmentNumber };
    const several = await runTrainingJob(smallJob(later));
    const ids = several.profiles.map(({ segmentId }) => segmentId);
    expect(ids).toHaveLength(3);
    expect(ids).toContain('s1');
    expect(several.lineage.map(({ kind }) => kind)).toEqual(['split', 'split', 'split']);
    const again = await runTrainingJob({ ...alike, ...later });
    expect(again.lineage).toMatchObject([{ segmentId: 's1', kind: 'same' }]);
    expect(again.values.churn).toBe(0);
  });

  it('refits to what came since behaviour changed, with the weights it had, and carries ids over', async () => {
    const first = withViews();
    const { artifact } = await runTrainingJob(first);
    const before = decodeArtifact(artifact);
    const { steps, channels, customers, starts, ends, values } = first.reservoir;
    const week = 7 * 86_400_000;
    // The same customers do the same, but for the order of the steps, which is turned round.
    const turned = values.map((_, at) => values[at - (at % steps) + steps - 1 - (at % steps)]!);
    const twice = <T extends Float64Array | Float32Array | Uint16Array | Uint8Array>(a: T, b: T): T => {
      const both = new (a.constructor as new (length: number) => T)(a.length + b.length);
      both.set(a);
      both.set(b, a.length);
      return both;
    };
    const { observedSteps, mask } = first.reservoir;
    const reservoir = {
      ...first.reservoir,
      customers: [...customers, ...customers],
      starts: twice(
        starts,
        starts.map((start) => start + week),
      ),
      ends: twice(
        ends,
        ends.map((end) => end + week),
      ),
      observedSteps: twice(observedSteps, observedSteps),
      values: twice(values, turned),
      mask: twice(mask, mask),
    };
    expect(channels).toBe(1);
    const since = Math.min(...starts) + week;
    const champion = { artifact, clusterModel: before.clusterModel };
    const result = await runTrainingJob(
      withViews({ number: 2, champion, reservoir, since, refit: true, nextSegmentNumber: 9 }),
    );
    const after = decodeArtifact(result.artifact);
    expect(after.training.windows + after.training.heldOutWindows).toBe(customers.length);
    expect(after.training.updates).toBe(0);
    expect(fromEncoderTensors(after.encoder)).toMatchObject({
      vrae: (fromEncoderTensors(before.encoder) as VraeModel).vrae,
    });
    expect(after.scale).toEqual(before.scale);
    const carried = after.clusterModel.segmentIds.filter((id) => before.clusterModel.segmentIds.includes(id));
    expect(carried.length).toBeGreaterThanOrEqual(2);

    // A training that was not told finds it itself, by the views of the model in force, and learns it alone.
    const [start, end] = [Math.min(...starts), Math.max(...ends)];
    const inTwoWaves = {
      ...reservoir,
      starts: reservoir.starts.map((_, row) => start + (row < starts.length ? 0 : week)),
      ends: reservoir.ends.map((_, row) => end + (row < starts.length ? 0 : week)),
    };
    const untold = { reservoir: inTwoWaves, nextSegmentNumber: 9 };
    const itself = await runTrainingJob(withViews({ number: 2, champion, ...untold }));
    expect(itself.found).toEqual({ since, windows: customers.length });
    expect(itself.why[0]).toContain(`windows since ${new Date(since).toISOString()} lie elsewhere`);
    // One that knows that behaviour does not find it again.
    const known = { artifact: itself.artifact, clusterModel: decodeArtifact(itself.artifact).clusterModel };
    const next = await runTrainingJob(withViews({ number: 3, champion: known, ...untold, nextSegmentNumber: 20 }));
    expect(next.found).toBeUndefined();

    // What the model in force does not know is compared with it, too: trained anew, it must part the windows better.
    const anew = await runTrainingJob(withViews({ number: 2, champion, reservoir, since, nextSegmentNumber: 9 }));
    expect(anew.values.championReconstructionError).not.toBeNull();
    expect(anew.values.churn).toBeNull();
    expect(anew.why[0]).toContain('silhouette');

    // Its space reaches on, though its segments tell nothing of the windows that came since.
    const aligned = withViews({ number: 2, champion, reservoir, since, refit: true, nextSegmentNumber: 9 });
    const settings = { ...aligned.settings, align: { to: 'first', scale: false } as const };
    const { alignment } = decodeArtifact((await runTrainingJob({ ...aligned, settings })).artifact);
    expect(alignment?.to).toBe(before.modelVersion);
  });

  it('asks for active latents only where the embedding is made of them', async () => {
    const strict = (job: TrainingJob): TrainingJob => {
      const { settings } = job;
      return { ...job, settings: { ...settings, gate: { ...settings.gate, minActiveUnits: 99 } } };
    };
    expect(await runTrainingJob(strict(withViews()))).toMatchObject({ promoted: true });
    expect(await runTrainingJob(strict(smallJob()))).toMatchObject({ promoted: false });
  });

  it('refuses windows that are alike in every view, and says that they are', async () => {
    const constant = withValues(withViews(), () => 5);
    const { promoted, why } = await runTrainingJob(constant);
    expect(promoted).toBe(false);
    expect(why).toEqual(['all windows are alike in every view and in the latents: there is nothing to segment']);
  });

  it('tells that no view is left, and refuses latents in place of views that do not see shifts', async () => {
    const jobOf = (shift: 'aligned' | 'invariant'): TrainingJob => {
      const { settings, ...job } = withValues(withViews(), (row, step) => 5 + 4 * Math.sin(row + (step * Math.PI) / 4));
      const encoder = { ...settings.encoder, views: ['level'] as const, shift, updates: 200 };
      return { ...job, settings: { ...settings, encoder } };
    };
    const aligned = await runTrainingJob(jobOf('aligned'));
    const warning = "no view tells the windows apart: the embedding is the VRAE's latents";
    expect(aligned).toMatchObject({ promoted: true, why: [expect.stringContaining('sound'), warning] });
    expect(decodeArtifact(aligned.artifact).training.warning).toBe(warning);
    expect(await runTrainingJob(jobOf('invariant'))).toMatchObject({
      promoted: false,
      why: [expect.stringMatching(/no view tells the windows apart, .* `encoder.shift: invariant`/)],
    });
  });

  it('makes a model of a training that diverged late, and says so', async () => {
    const { model } = SMALL.trainer;
    // The divergence weighs more and more, until a step leads further away from its minimum than it came from.
    const steep = { optimizer: 'sgd', schedule: 'constant', learningRate: 1, momentum: 0, gradientClip: 1e30 } as const;
    const encoder = { ...model.encoder, ...steep, beta: 300, betaWarmUp: 1, updates: 400 };
    const result = await runTrainingJob(smallJob({ settings: { ...model, encoder } }));
    const { training } = decodeArtifact(result.artifact);
    expect(training.warning).toMatch(/^the loss became \S+ after \d+ updates, and the best weights of those before/);
    expect(result.why).toContain(training.warning);
    expect(Number.isFinite(training.heldOutLoss)).toBe(true);
  });

  it('warns of an encoder that has learnt next to nothing', async () => {
    const { model } = SMALL.trainer;
    const wild = { schedule: 'constant', learningRate: 5, gradientClip: 1e30, updates: 20 } as const;
    const { artifact, why } = await runTrainingJob(
      smallJob({ settings: { ...model, encoder: { ...model.encoder, ...wild } } }),
    );
    const { warning } = decodeArtifact(artifact).training;
    expect(warning).toMatch(
      /learnt next to nothing: held-out windows come back with an error of \S+, and the mean of all/,
    );
    expect(why).toContain(warning);
    expect(decodeArtifact((await runTrainingJob(smallJob())).artifact).training.warning).toBeUndefined();
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

/** The job on windows of other values. */
function withValues(job: TrainingJob, cell: (row: number, step: number) => number): TrainingJob {
  const { reservoir } = job;
  const values = reservoir.values.map((_, at) => cell(Math.floor(at / reservoir.steps), at % reservoir.steps));
  return { ...job, reservoir: { ...reservoir, values, mask: reservoir.mask.map(() => 0) } };
}

function withViews(fields: Partial<TrainingJob> = {}): TrainingJob {
  const job = smallJob(fields);
  const encoder = { ...job.settings.encoder, views: ['profile', 'level'] as const };
  return { ...job, settings: { ...job.settings, encoder } };
}
