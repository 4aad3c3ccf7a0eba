import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import type { AssignmentBatch } from '../../src/cluster/assignment-batch.js';
import type { ClusterModel } from '../../src/cluster/cluster-model.js';
import { createLabelTally, type LabelCounts } from '../../src/cluster/label-counts.js';
import { merge, statistics } from '../../src/cluster/statistics.js';
import { mergeObservations, toDriftObservation } from '../../src/drift/drift-observation.js';
import { createRandom } from '../../src/numeric/random.js';
import type { StatisticsRecord } from '../../src/train/model-record.js';
import { createReservoir, type Reservoir } from '../../src/train/reservoir.js';
import { sliceWindows } from '../../src/window/slice-windows.js';
import type { WindowBatch } from '../../src/window/window-batch.js';
import { createIntervalLearner } from '../../src/worker/interval-learner.js';
import { samplingWeights } from '../../src/worker/sampling-weights.js';
import type { Scored } from '../../src/worker/scorer.js';
import { clusterModelOf, embeddingsOf } from '../cluster/embeddings.js';
import { toRows } from '../window/window-rows.js';
import { type TestWindow, windowBatch } from './window-batches.js';

const OPTIONS = { partition: 2, quota: 100, steps: 2, channels: 1, seed: 5, halfLifeMs: 7_200_000 };
const MODEL = clusterModelOf([
  [0, 0],
  [1, 1],
  [-1, 2],
]);
/** Two of its segments are rare. */
const RARE: ClusterModel = { ...MODEL, weights: Float64Array.of(5, 985, 10) };
const FLOOR = 0.02;
const NEXT: ClusterModel = { ...MODEL, modelVersion: 'next' };
const HOUR = 3_600_000;
const random = createRandom(4);
const ROWS: readonly TestWindow[] = Array.from({ length: 40 }, (_, i) => ({
  customer: `c${i % 11}`,
  start: i * HOUR,
  values: [random.next() * 10, random.normal()],
  // Neither revisions nor results of open windows teach.
  ...(i % 10 === 3 && { revision: 1 }),
  ...(i % 10 === 6 && { final: false }),
}));
/** Every third has no label. */
const WINDOWS = windowBatch(ROWS, { labels: Int32Array.from(ROWS, (_, i) => i % 3) });

describe('an interval learner', () => {
  it('sums what all windows teach since it was last taken from', () => {
    const learner = createIntervalLearner(OPTIONS);
    for (const page of pages(WINDOWS, [3, 10, 7, 20])) learner.learn(score(page, MODEL));
    const { assignments } = score(WINDOWS, MODEL);
    expect(learner.take()!.statistics).toEqual([
      {
        partition: 2,
        sequence: 0,
        windows: 32,
        watermark: 40 * HOUR,
        statistics: statistics(MODEL, assignments!),
        observation: toDriftObservation(assignments!),
        labels: countsOf(assignments!),
      },
    ]);
  });

  it('counts who comes back, and who is in another segment then', () => {
    const learner = createIntervalLearner(OPTIONS);
    const scored = score(WINDOWS, MODEL);
    const { length } = WINDOWS;
    const { nearest } = scored.assignments!;
    const ids = MODEL.segmentIds;
    // Of every fifth another model said it, and of those after them nothing is known; the rest were in the first segment.
    const previousSegmentIds = Array.from({ length }, (_, i) => (i % 5 === 1 ? null : ids[0]!));
    const previousModelVersions = Array.from({ length }, (_, i) => (i % 5 === 0 ? 'other' : MODEL.modelVersion));
    learner.learn(scored, { previousSegmentIds, previousModelVersions });
    const known = ROWS.flatMap((row, i) => (row.revision === undefined && row.final !== false && i % 5 > 1 ? [i] : []));
    const { observation } = learner.take()!.statistics[0]!;
    expect(observation!.returning).toBe(known.length);
    expect(observation!.moved).toBe(known.filter((i) => nearest[i] !== 0).length);
    expect(observation!.moved).toBeGreaterThan(0);
  });

  it('has nothing where nothing taught, and counts its lessons from those before', () => {
    const learner = createIntervalLearner({ ...OPTIONS, sequence: 17 });
    expect(learner.take()).toBeUndefined();
    learner.learn(score(windowBatch([{ customer: 'a', revision: 1 }]), MODEL));
    expect(learner.take()).toBeUndefined();
    learner.learn(score(windowBatch([{ customer: 'a' }]), MODEL));
    const { samples, statistics: taught } = learner.take()!;
    expect([samples.sequence, taught[0]!.sequence, taught[0]!.windows]).toEqual([17, 17, 1]);
    expect(learner.take()).toBeUndefined();
    learner.learn(score(windowBatch([{ customer: 'a' }]), MODEL));
    expect(learner.take()!.samples.sequence).toBe(18);
    expect(learner.sequence).toBe(19);
  });

  it('sends what windows taught of a model that was replaced in between, too', () => {
    const learner = createIntervalLearner(OPTIONS);
    learner.learn(warming(sliceWindows(WINDOWS, 0, 5)));
    learner.learn(score(sliceWindows(WINDOWS, 5, 15), MODEL));
    learner.learn(score(sliceWindows(WINDOWS, 15, 40), NEXT));
    const { samples, statistics: taught } = learner.take()!;
    expect(taught.map((record) => [record.statistics?.modelVersion, record.windows, weight(record)])).toEqual([
      [undefined, 4, 0],
      ['v1', 8, 8],
      ['next', 20, 20],
    ]);
    expect(taught.map(({ observation }) => observation?.windows)).toEqual([undefined, 8, 20]);
    expect(samples.windows.length).toBe(32);
  });

  it('counts every window once, however intervals and swaps fall', () => {
    const cut = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 20 }), (cuts) => {
        const learner = createIntervalLearner(OPTIONS);
        const records: StatisticsRecord[] = [];
        let model = 0;
        let at = 0;
        for (const [rows, swaps, takes] of [...cuts, [40, false, true] as const]) {
          if (swaps) model++;
          const end = Math.min(40, at + rows);
          learner.learn(score(sliceWindows(WINDOWS, at, end), { ...MODEL, modelVersion: `v${model}` }));
          at = end;
          if (takes) records.push(...(learner.take()?.statistics ?? []));
        }
        expect(records.reduce((sum, record) => sum + weight(record), 0)).toBe(32);
        expect(records.reduce((sum, record) => sum + record.windows, 0)).toBe(32);
        const whole = score(WINDOWS, MODEL).assignments!;
        const alike = records.map((record) => ({
          ...record,
          statistics: { ...record.statistics!, modelVersion: 'v1' },
          observation: { ...record.observation!, modelVersion: 'v1' },
        }));
        const sums = alike.map((record) => record.statistics).reduce(merge).sums;
        for (const [i, sum] of statistics(MODEL, whole).sums.entries()) expect(sums[i]).toBeCloseTo(sum, 9);
        const { segmentCounts } = alike.map((record) => record.observation).reduce(mergeObservations);
        expect(segmentCounts).toEqual(toDriftObservation(whole).segmentCounts);
        const labels = createLabelTally();
        for (const record of records) if (record.labels !== undefined) labels.merge(record.labels);
        expect(labels.counts()).toEqual(countsOf(whole));
      }),
    );
  });

  it('gives the trainer the sample it would have taken itself, as long as the quota is not the limit', () => {
    const shape = fc.record({
      partitions: fc.integer({ min: 1, max: 4 }),
      capacity: fc.integer({ min: 1, max: 30 }),
      takeEvery: fc.integer({ min: 1, max: 9 }),
      rows: fc.uniqueArray(fc.tuple(fc.nat(30), fc.nat(20)), {
        selector: ([customer, start]) => `${customer}@${start}`,
        minLength: 1,
        maxLength: 80,
      }),
    });
    fc.assert(
      fc.property(shape, ({ partitions, capacity, takeEvery, rows }) => {
        const toReservoir = (): Reservoir => createReservoir({ ...OPTIONS, capacity });
        const batch = windowBatch(
          rows.map(([customer, start]) => ({
            customer: `c${customer}`,
            start: start * HOUR,
            values: [(customer % 3) - 1, start % 3],
          })),
        );
        const whole = toReservoir();
        const weightOf = samplingWeights(score(batch, RARE).assignments, FLOOR);
        for (let i = 0; i < batch.length; i++) whole.add(batch, i, weightOf(i));

        const sampled = toReservoir();
        const learners = Array.from({ length: partitions }, (_, partition) =>
          createIntervalLearner({ ...OPTIONS, partition, quota: capacity, floor: FLOOR }),
        );
        const take = (): void => {
          for (const learner of learners) {
            const { windows, weights } = learner.take()?.samples ?? {};
            for (let i = 0; i < (windows?.length ?? 0); i++) sampled.add(windows!, i, weights![i]);
          }
        };
        rows.forEach(([customer], i) => {
          learners[customer % partitions]!.learn(score(sliceWindows(batch, i, i + 1), RARE));
          if (i % takeEvery === 0) take();
        });
        take();
        // What the learners refused themselves was not offered.
        const { offered, threshold } = sampled.snapshot();
        expect(sampled.snapshot()).toEqual({ ...whole.snapshot(), offered, threshold });
      }),
    );
  });

  it('says how much each window counts, by the model that assigned it', () => {
    const learner = createIntervalLearner({ ...OPTIONS, floor: FLOOR });
    learner.learn(warming(sliceWindows(WINDOWS, 0, 10)));
    learner.learn(score(sliceWindows(WINDOWS, 10, 40), RARE));
    const { windows, weights } = learner.take()!.samples;
    const { nearest } = score(WINDOWS, MODEL).assignments!;
    // Window i begins at hour i; of 1,000 windows 5 came to the first segment and 10 to the third, which are to have 2 %.
    const wanted = Array.from(windows.starts, (start) => (start < 10 * HOUR ? 1 : [4, 1, 2][nearest[start / HOUR]!]));
    expect([...weights!]).toEqual(wanted);
    expect(new Set(wanted).size).toBeGreaterThan(1);
  });

  it('sends no more windows than its quota, those that the reservoir would keep first', () => {
    const learner = createIntervalLearner({ ...OPTIONS, quota: 5 });
    const reservoir = createReservoir({ ...OPTIONS, capacity: 5 });
    learner.learn(score(WINDOWS, MODEL));
    const taught = windowBatch(ROWS.filter(({ revision, final }) => revision === undefined && final === undefined));
    for (let i = 0; i < taught.length; i++) reservoir.add(taught, i);
    const { samples, statistics: sums } = learner.take()!;
    expect(toRows(samples.windows)).toEqual(toRows(reservoir.toWindows()));
    expect([samples.windows.length, weight(sums[0]!)]).toEqual([5, 32]);
  });
});

function weight({ statistics: sums }: StatisticsRecord): number {
  return sums?.weights.reduce((a, b) => a + b) ?? 0;
}

function* pages(windows: WindowBatch, sizes: readonly number[]): Generator<WindowBatch> {
  let at = 0;
  for (const size of sizes) {
    yield sliceWindows(windows, at, at + size);
    at += size;
  }
}

/** The window's two values are its embedding. */
function score(windows: WindowBatch, model: ClusterModel): Scored {
  const rows = toRows(windows).map(({ values }) => values);
  const assignments = assign(model, { ...embeddingsOf(rows, windows), embeddingSize: 2 });
  return { series: assignments.embeddings.series, assignments };
}

function countsOf(assignments: AssignmentBatch): LabelCounts {
  const tally = createLabelTally();
  tally.count(assignments);
  return tally.counts();
}

function warming(windows: WindowBatch): Scored {
  return { series: score(windows, MODEL).series, assignments: undefined };
}
