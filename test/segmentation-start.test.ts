import { describe, expect, it } from 'vitest';
import type { TrainingJob } from '../src/train/training-job.js';
import { expectSame } from './support/expect-same.js';
import { EVENTS, initialFor, run, runAll, runUntil, sourceOf } from './support/run-segmentation.js';
import {
  collectOutputs,
  HOUR,
  type SmallOptions,
  STEPS,
  smallSettings,
  smallStream,
  trainHere,
} from './support/small-stream.js';

describe('a segmentation at its start', () => {
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

  it('describes a segment whose first customers come later than the first description', async () => {
    const settings = smallSettings({ retrain: { firstFit: 100, everyWindows: 1_000_000 } });
    const outputs = collectOutputs();
    // Customers of one kind are there from the start, 40 windows at a time; all others come after the fourth.
    const isThere = ({ customer, time }: { customer: string; time: number }) =>
      Number(customer.slice(1)) % 3 === 2 || time > 4 * STEPS * HOUR;
    const events = smallStream(120, 12).filter(isThere);
    await run(settings, sourceOf(events, 100), outputs, { initialModel: await initialFor(settings) });
    const { segments } = outputs.records;
    const empty = segments.slice(0, 3).filter(({ size }) => size === 0);
    expect(empty.map(({ name }) => name)).toContain('empty');
    const last = new Map(segments.map((segment) => [segment.segmentId, segment]));
    for (const { segmentId } of empty) {
      expect(last.get(segmentId)).toMatchObject({ size: expect.toSatisfy((size: number) => size > 20) });
      expect(last.get(segmentId)!.name).not.toBe('empty');
    }
    // Told again while that was needed, and no more: after 100, and 200 or 400 windows.
    expect(segments.length).toBeLessThanOrEqual(9);
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
});
