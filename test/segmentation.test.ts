import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SegtideError } from '../src/errors.js';
import type { UsageBatch } from '../src/ingest/usage-batch.js';
import type { Source } from '../src/ports.js';
import {
  createSegmentation,
  type SegmentationOptions,
  type SegmentationSettings,
  type SegmentationSnapshot,
} from '../src/segmentation.js';
import { type AdoptedModel, adoptModel } from '../src/train/adopt-model.js';
import { decodeArtifact } from '../src/train/encode-artifact.js';
import type { TrainingJob } from '../src/train/training-job.js';
import { expectSame } from './support/expect-same.js';
import { halvesOnnx } from './support/onnx-files.js';
import { smallModels } from './support/small-models.js';
import {
  type CollectedOutputs,
  collectOutputs,
  HOUR,
  type SmallOptions,
  STEPS,
  smallSettings,
  smallStream,
  trainHere,
} from './support/small-stream.js';
import { type TestEvent, toUsageBatch } from './window/usage-events.js';

const EVENTS = smallStream(120, 16);

describe('a segmentation', () => {
  it('warms up, then assigns every window to a segment of one model', async () => {
    const { assignments } = await runAll(smallSettings(), EVENTS, 1000);
    const first = assignments.findIndex(({ status }) => status === 'assigned');
    expect(first).toBe(512);
    expect(assignments.slice(0, first).every((record) => record.segmentId === null)).toBe(true);
    expect(assignments.slice(first).every((record) => record.segmentId !== null)).toBe(true);
    expect(new Set(assignments.map(({ modelVersion }) => modelVersion)).size).toBeGreaterThan(2);
  });

  it.each(['raw', 'rocket'] as const)(
    'runs on encoders of kind %s, trains them again, and says of errors nothing',
    async (kind) => {
      const records = await runAll(smallSettings({ encoder: { kind, engine: 'js' } }), EVENTS, 1000);
      const assigned = records.assignments.filter(({ status }) => status === 'assigned');
      expect(assigned.length).toBe(records.assignments.length - 512);
      expect(assigned.every(({ segmentId, distance }) => segmentId !== null && Number.isFinite(distance))).toBe(true);
      expect(assigned.every(({ reconstructionError }) => reconstructionError === null)).toBe(true);
      const trained = records.modelEvents.filter(({ event }) => event === 'promoted' || event === 'refused');
      expect(trained.length).toBeGreaterThan(1);
      expect(trained.every(({ challengerReconstructionError }) => challengerReconstructionError === null)).toBe(true);
      expect(records.segments.every(({ decoded }) => decoded === null)).toBe(true);
      expect(records.drift.filter(({ statistic }) => statistic === 'reconstructionError')).toEqual([]);
      expect(records.drift.some(({ layer }) => layer === 'embedding')).toBe(true);
      expect(await runAll(smallSettings({ encoder: { kind, engine: 'js' } }), EVENTS, 333)).toEqual(records);
    },
  );

  it('runs on an encoder that is an ONNX file, and refuses one that does not fit before the first event', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'segtide-segmentation-'));
    const file = join(folder, 'halves.onnx');
    const settings = smallSettings({ encoder: { kind: 'onnx', file, engine: 'js' } });
    await expect(runAll(settings, EVENTS, 1000)).rejects.toThrow('there is no such file; set encoder.file');
    await writeFile(file, halvesOnnx(STEPS));
    const records = await runAll(settings, EVENTS, 1000);
    const assigned = records.assignments.filter(({ status }) => status === 'assigned');
    expect(assigned.length).toBe(records.assignments.length - 512);
    expect(assigned.every(({ segmentId, distance }) => segmentId !== null && Number.isFinite(distance))).toBe(true);
    expect(records.modelEvents.filter(({ event }) => event === 'promoted').length).toBeGreaterThan(0);
    expect(records.alerts.length).toBeGreaterThan(0);
    expect(records.drift.some(({ layer }) => layer === 'embedding')).toBe(true);
    await rm(folder, { recursive: true });
  });

  it('takes a model into force exactly so many windows after the one that it was trained up to', async () => {
    const { assignments } = await runAll(smallSettings({ swapAfterWindows: 512 }), EVENTS, 1000);
    expect(assignments.findIndex(({ status }) => status === 'assigned')).toBe(1024);
  });

  it('scores a learning batch with one model version and one epoch of its centroids', async () => {
    const { assignments } = await runAll(smallSettings(), EVENTS, 333);
    for (let from = 0; from < assignments.length; from += 256) {
      const models = assignments
        .slice(from, from + 256)
        .map(({ modelVersion, centroidEpoch }) => `${modelVersion}/${centroidEpoch}`);
      expect(new Set(models).size).toBe(1);
    }
  });

  it('gives the same records for the same seed, and others for another one', async () => {
    const [once, again, other] = await Promise.all([
      runAll(smallSettings(), EVENTS, 1000),
      runAll(smallSettings(), EVENTS, 1000),
      runAll(smallSettings({ seed: 2 }), EVENTS, 1000),
    ]);
    expect(again).toEqual(once);
    expect(other).not.toEqual(once);
  });

  it.each([1, 7, 5000])('gives the same records for input in batches of %i', async (size) => {
    const options = { window: { allowedLateness: '1h', outOfOrderness: '1s' } };
    expect(await runAll(smallSettings(options), EVENTS, size)).toEqual(
      await runAll(smallSettings(options), EVENTS, 1000),
    );
  });

  it.each([0, 512])(
    'goes on from any snapshot as if it had never stopped, swapping after %i windows',
    async (swapAfterWindows) => {
      const settings = smallSettings({ swapAfterWindows });
      const whole = await runAll(settings, EVENTS, 500);
      let underWay = 0;
      for (let stopAfter = 0; stopAfter <= EVENTS.length / 500; stopAfter += 3) {
        const outputs = collectOutputs();
        const snapshot = await runUntil(settings, EVENTS, 500, stopAfter, outputs);
        if (snapshot.trainer.underWay !== null) underWay++;
        await run(settings, sourceOf(EVENTS, 500, stopAfter), outputs, {}, structuredClone(snapshot));
        expectSame(outputs.records, whole);
      }
      if (swapAfterWindows > 0) expect(underWay).toBeGreaterThan(0);
    },
  );

  it('assigns provisionally by a model of the first windows until one is trained, which takes over', async () => {
    const jobs: TrainingJob[] = [];
    const outputs = collectOutputs();
    const train = (job: TrainingJob) => {
      jobs.push(job);
      return trainHere(job);
    };
    await run(smallSettings({ provisionalFit: 64, swapAfterWindows: 256 }), sourceOf(EVENTS, 1000), outputs, { train });
    const { assignments, transitions, embeddings, segments, drift } = outputs.records;
    const statuses = assignments.map(({ status }) => status);
    expect([statuses.indexOf('provisional'), statuses.indexOf('assigned')]).toEqual([64, 768]);
    expect(new Set(statuses.slice(64, 768))).toEqual(new Set(['provisional']));
    expect(statuses.slice(768).every((status) => status === 'assigned')).toBe(true);
    expect(assignments.slice(64).every(({ segmentId }) => segmentId !== null)).toBe(true);
    expect(new Set(assignments.slice(64, 768).map(({ modelVersion }) => modelVersion!.slice(0, 3)))).toEqual(
      new Set(['v0-']),
    );
    expect(jobs.slice(0, 2)).toMatchObject([
      { number: 0, reasons: ['provisional: 64 windows'], champion: undefined },
      { number: 1, reasons: ['first fit: 512 windows'], fresh: false },
    ]);
    // Three groups that are plain to see keep their ids.
    expect(segments.slice(0, 3).map(({ segmentId }) => segmentId)).toEqual(['s1', 's2', 's3']);
    expect(
      segments
        .slice(3, 6)
        .map(({ segmentId }) => segmentId)
        .sort(),
    ).toEqual(['s1', 's2', 's3']);
    const swaps = transitions.filter(({ previousModelVersion }) => previousModelVersion.startsWith('v0-'));
    expect(swaps.every(({ from, to }) => from !== to)).toBe(true);
    expect(drift.every(({ modelVersion }) => !modelVersion.startsWith('v0-'))).toBe(true);
    // Spaces begin with the first trained model: nothing is mapped onto the provisional one.
    expect(embeddings.some(({ alignedTo }) => alignedTo !== null)).toBe(true);
    expect(embeddings.some(({ alignedTo }) => alignedTo?.startsWith('v0-'))).toBe(false);
  });

  it('fits later models after the same windows, whether there was a provisional one or not', async () => {
    const fitsOf = async (options: SmallOptions) => {
      const fits: string[] = [];
      const train = (job: TrainingJob) => {
        if (job.number > 0) fits.push(`v${job.number} ${job.reasons}, ${job.reservoir.offered} seen`);
        return trainHere(job);
      };
      const settings = smallSettings({ ...options, retrain: { minIntervalMs: 20 * HOUR } });
      await run(settings, sourceOf(EVENTS, 1000), collectOutputs(), { train });
      return fits;
    };
    const fits = await fitsOf({});
    expect(fits.length).toBeGreaterThan(1);
    for (const provisionalFit of [64, 100]) expect(await fitsOf({ provisionalFit })).toEqual(fits);
  });

  it.each([0, 256])('goes on from any snapshot with a provisional model, swapping after %i windows', async (swap) => {
    const settings = smallSettings({ provisionalFit: 64, swapAfterWindows: swap });
    const whole = await runAll(settings, EVENTS, 100);
    expect(await runAll(settings, EVENTS, 7)).toEqual(whole);
    for (let stopAfter = 0; stopAfter <= 60; stopAfter += 4) {
      const outputs = collectOutputs();
      const snapshot = await runUntil(settings, EVENTS, 100, stopAfter, outputs);
      await run(settings, sourceOf(EVENTS, 100, stopAfter), outputs, {}, structuredClone(snapshot));
      expectSame(outputs.records, whole);
    }
  });

  it('trains a first model at the end of an input that had a provisional one, and assigns once more', async () => {
    const outputs = collectOutputs();
    await run(smallSettings({ provisionalFit: 64 }), sourceOf(smallStream(30, 5), 100), outputs);
    const { assignments } = outputs.records;
    expect(new Set(assignments.map(({ status }) => status))).toEqual(new Set(['warming', 'provisional', 'assigned']));
    expect(assignments.every(({ status, revision }) => (status === 'assigned') === (revision === 1))).toBe(true);
    expect(assignments.at(-1)!.modelVersion).toMatch(/^v1-/);
  });

  it('assigns from the first window on by a model that it starts with, and retrains it as usual', async () => {
    const settings = smallSettings();
    const initialModel = await initialFor(settings);
    const jobs: TrainingJob[] = [];
    const outputs = collectOutputs();
    const train = (job: TrainingJob) => {
      jobs.push(job);
      return trainHere(job);
    };
    await run(settings, sourceOf(EVENTS, 1000), outputs, { train, initialModel });
    const { assignments, segments } = outputs.records;
    expect(assignments.every(({ status }) => status === 'assigned')).toBe(true);
    expect(assignments[0]!.modelVersion).toBe(initialModel.modelVersion);
    expect(jobs[0]).toMatchObject({ number: 2, reasons: ['768 windows since the last fit'], nextSegmentNumber: 4 });
    expect(jobs[0]!.champion!.artifact).toEqual(initialModel.champion.artifact);
    expect(assignments.at(-1)!.modelVersion).not.toBe(initialModel.modelVersion);
    // Its segments are told once there are as many windows as a first fit takes, and then at each new model.
    expect(segments.slice(0, 3).map(({ segmentId, modelVersion }) => [segmentId, modelVersion])).toEqual(
      ['s1', 's2', 's3'].map((id) => [id, initialModel.modelVersion]),
    );
  });

  it('tells the segments of a model that it starts with at the end of a short input', async () => {
    const settings = smallSettings();
    const initialModel = await initialFor(settings);
    const outputs = collectOutputs();
    await run(settings, sourceOf(smallStream(30, 4), 100), outputs, { initialModel });
    const { assignments, segments } = outputs.records;
    expect(new Set(assignments.map(({ modelVersion }) => modelVersion))).toEqual(new Set([initialModel.modelVersion]));
    expect(assignments.every(({ revision }) => revision === 0)).toBe(true);
    expect(segments.map(({ segmentId }) => segmentId)).toEqual(['s1', 's2', 's3']);
    expect(segments.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5);
  });

  it('goes on from a snapshot with the models of that, and not with the one that it started with', async () => {
    const settings = smallSettings();
    const initialModel = await initialFor(settings);
    const whole = collectOutputs();
    await run(settings, sourceOf(EVENTS, 500), whole, { initialModel });
    for (const stopAfter of [1, 4, 12]) {
      const outputs = collectOutputs();
      const snapshot = await runUntil(settings, EVENTS, 500, stopAfter, outputs, { initialModel });
      await run(settings, sourceOf(EVENTS, 500, stopAfter), outputs, { initialModel }, structuredClone(snapshot));
      expectSame(outputs.records, whole.records);
    }
  });

  it('gives an input that is too short for a model one at its end, and its windows again with the next revision', async () => {
    const events = smallStream(30, 4);
    const { assignments } = await runAll(smallSettings(), events, 100);
    const warming = assignments.filter(({ status }) => status === 'warming');
    const assigned = assignments.filter(({ status }) => status === 'assigned');
    const key = (record: { customerId: string; windowStart: number }) => `${record.customerId}/${record.windowStart}`;
    expect(warming.length).toBeGreaterThan(60);
    expect(assigned.map(key).sort()).toEqual(warming.map(key).sort());
    expect(assigned.every(({ revision, segmentId }) => revision === 1 && segmentId !== null)).toBe(true);
  });

  it('keeps revisions unique where windows were revised while warming', async () => {
    const events = smallStream(30, 4);
    // Comes one hour after the end of its window, within the allowed lateness.
    const at = events.findIndex(({ time }) => time > 9.5 * 3_600_000);
    events.splice(at, 0, { customer: 'c1', time: 7.5 * 3_600_000, values: [3] });
    const options = { window: { allowedLateness: '4h', outOfOrderness: '1s' } };
    const { assignments } = await runAll(smallSettings(options), events, 100);
    const keys = assignments.map((record) => `${record.customerId}/${record.windowStart}/${record.revision}`);
    expect(assignments.some(({ status, revision }) => status === 'warming' && revision === 1)).toBe(true);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('ends without a model and without an error when nothing came in', async () => {
    const { assignments, segments } = await runAll(smallSettings(), [], 100);
    expect(assignments).toEqual([]);
    expect(segments).toEqual([]);
  });

  it('gives every event one fate', async () => {
    const segmentation = createSegmentation(smallSettings(), sourceOf(EVENTS, 700), collectOutputs(), {
      train: trainHere,
    });
    await lastValueFrom(segmentation.page$, { defaultValue: undefined });
    await segmentation.end();
    const { in: total, ...fates } = segmentation.windower.fates;
    expect(total).toBe(EVENTS.length);
    expect(Object.values(fates).reduce((sum, count) => sum + count, 0)).toBe(total);
    expect(fates.late).toBe(EVENTS.filter(({ customer }) => customer === 'late').length);
  });

  it('refuses accounts that do not add up', async () => {
    const source = sourceOf(EVENTS.slice(0, 500), 100);
    const segmentation = createSegmentation(smallSettings(), source, collectOutputs(), { train: trainHere });
    await lastValueFrom(segmentation.page$);
    // An event that reached the windows by another way than the input.
    const broken = createSegmentation(
      smallSettings(),
      sourceOf([], 1),
      collectOutputs(),
      { train: trainHere },
      { ...createdSnapshot(), windower: { ...createdSnapshot().windower, fates: { ...NO_FATES, in: 1, accepted: 1 } } },
    );
    expect(() => broken.snapshot()).toThrow(/0 events came in, but their fates add up to 1/);
    await expect(lastValueFrom(broken.page$, { defaultValue: undefined })).rejects.toMatchObject({
      code: 'accounting',
    });
  });

  it('refuses accounts that do not add up at a stop in the midst of a batch, but not events in flight', async () => {
    const stopAfter = async (pages: number, fates: Partial<typeof NO_FATES>) => {
      let page = 0;
      const from = createdSnapshot();
      const segmentation = createSegmentation(
        smallSettings({ window: { pageWindows: 100 } }),
        sourceOf(EVENTS, EVENTS.length),
        collectOutputs(),
        { train: trainHere, isCutShort: () => page++ === pages },
        { ...from, windower: { ...from.windower, fates: { ...NO_FATES, ...fates } } },
      );
      await lastValueFrom(segmentation.page$, { defaultValue: undefined });
      return segmentation;
    };
    const cut = await stopAfter(3, {});
    expect(cut.isAtRest).toBe(false);
    expect(cut.windower.inFlight).toBeGreaterThan(0);
    expect(cut.windower.fates.in + cut.windower.inFlight).toBe(EVENTS.length);
    expect(() => cut.snapshot()).toThrow(/before a snapshot/);
    await expect(stopAfter(3, { in: 1, accepted: 1 })).rejects.toMatchObject({ code: 'accounting' });
  });

  it('takes a live model into force with the next page, not with the next learning batch', async () => {
    // Five waves of windows teach, and then nothing comes.
    const events = EVENTS.filter(({ time }) => time < 48 * HOUR);
    let pulls = 0;
    const segmentation = createSegmentation(
      smallSettings({ swapAfterWindows: undefined, window: { idleTimeout: 1 } }),
      {
        pull: async () => toUsageBatch(++pulls === 1 ? events : []),
        position: () => ({}),
        close: async () => undefined,
      },
      collectOutputs(),
      {
        clock: { now: () => 48 * HOUR + pulls },
        isStopped: () => segmentation.scorer.modelVersion !== null || pulls === 10_000,
        train: trainHere,
      },
    );
    await lastValueFrom(segmentation.page$);
    expect(segmentation.scorer.modelVersion).not.toBeNull();
    expect(segmentation.trainer.outcomes).toHaveLength(1);
    expect(segmentation.trainer.snapshot().windows).toBe(600);
  });

  it('ends the training under way when it is unsubscribed', async () => {
    const threads = countingThreads();
    const segmentation = createSegmentation(
      smallSettings({ swapAfterWindows: 512 }),
      sourceOf(EVENTS, 1000),
      collectOutputs(),
      { train: threads.train },
    );
    const subscription = segmentation.page$.subscribe();
    await threads.started;
    subscription.unsubscribe();
    await threads.stopped;
    expect(threads.running()).toBe(0);
  });

  it('keeps the training that a stop cut short in its snapshot, so that it is begun again', async () => {
    const settings = smallSettings({ swapAfterWindows: 512 });
    const whole = await runAll(settings, EVENTS, 1000);
    const threads = countingThreads();
    const outputs = collectOutputs();
    let stopped = false;
    let batches = 0;
    const source = sourceOf(EVENTS, 1000, 0, () => batches++);
    const segmentation = createSegmentation(settings, source, outputs, {
      train: threads.train,
      isStopped: () => stopped,
    });
    threads.started.then(() => {
      stopped = true;
      return segmentation.stop();
    });
    await lastValueFrom(segmentation.page$);
    const snapshot = structuredClone(segmentation.snapshot());
    expect(snapshot.trainer.underWay?.job.number).toBe(1);
    await run(settings, sourceOf(EVENTS, 1000, batches), outputs, {}, snapshot);
    expectSame(outputs.records, whole);
  });
});

const NO_FATES = { in: 0, accepted: 0, late: 0, duplicate: 0, deadLettered: 0, quarantined: 0, skipped: 0 };

function createdSnapshot(): SegmentationSnapshot {
  return createSegmentation(smallSettings(), sourceOf([], 1), collectOutputs()).snapshot();
}

async function runAll(
  settings: SegmentationSettings,
  events: readonly TestEvent[],
  size: number,
): Promise<CollectedOutputs['records']> {
  const outputs = collectOutputs();
  await run(settings, sourceOf(events, size), outputs);
  return outputs.records;
}

async function run(
  settings: SegmentationSettings,
  source: Source,
  outputs: CollectedOutputs,
  options: SegmentationOptions = {},
  from?: SegmentationSnapshot,
): Promise<void> {
  const segmentation = createSegmentation(settings, source, outputs, { train: trainHere, ...options }, from);
  await lastValueFrom(segmentation.page$, { defaultValue: undefined });
  await segmentation.end();
}

/** A model of other customers, to start with. */
async function initialFor(settings: SegmentationSettings): Promise<AdoptedModel> {
  const [trained] = await smallModels(7);
  return adoptModel(decodeArtifact(trained!.artifact), settings.trainer.model);
}

/** Stops between two input batches, as a run does that is told to. */
async function runUntil(
  settings: SegmentationSettings,
  events: readonly TestEvent[],
  size: number,
  batches: number,
  outputs: CollectedOutputs,
  options: SegmentationOptions = {},
): Promise<SegmentationSnapshot> {
  let pulled = 0;
  const source = sourceOf(events, size, 0, () => pulled++);
  const segmentation = createSegmentation(settings, source, outputs, {
    train: trainHere,
    isStopped: () => pulled >= batches,
    ...options,
  });
  await lastValueFrom(segmentation.page$, { defaultValue: undefined });
  return segmentation.snapshot();
}

/** Batches are made as they are pulled, into the buffers of the batch before, as a parser does. */
function sourceOf(events: readonly TestEvent[], size: number, from = 0, onPull: () => void = () => undefined): Source {
  let next = from * size;
  let last: UsageBatch | undefined;
  return {
    async pull() {
      last?.values.fill(Number.NaN);
      last?.idBytes.fill(0);
      if (next >= events.length) return undefined;
      onPull();
      last = toUsageBatch(events.slice(next, next + size), 1, next + 1);
      next += size;
      return last;
    },
    position: () => ({ next }),
    close: async () => undefined,
  };
}

/** Trainings that never come to their end by themselves. */
function countingThreads() {
  let running = 0;
  let tellStarted = (): void => undefined;
  let tellStopped = (): void => undefined;
  const started = new Promise<void>((resolve) => (tellStarted = resolve));
  const stopped = new Promise<void>((resolve) => (tellStopped = resolve));
  const train = (_: TrainingJob) => {
    running++;
    let isRunning = true;
    tellStarted();
    let abort = (_error: Error): void => undefined;
    const result = new Promise<never>((_resolve, reject) => (abort = reject));
    result.catch(() => undefined);
    return {
      result,
      stop: async () => {
        if (isRunning) running--;
        isRunning = false;
        abort(new SegtideError('aborted', 'The training was stopped.'));
        tellStopped();
      },
    };
  };
  return { train, started, stopped, running: () => running };
}
