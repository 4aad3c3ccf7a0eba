import { describe, expect, it } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import type { AssignmentBatch } from '../../src/cluster/assignment-batch.js';
import type { ClusterModel } from '../../src/cluster/cluster-model.js';
import { createLabelTally, type LabelCounts } from '../../src/cluster/label-counts.js';
import { statistics } from '../../src/cluster/statistics.js';
import { toDriftObservation } from '../../src/drift/drift-observation.js';
import { createRandom } from '../../src/numeric/random.js';
import type { SampleRecord, StatisticsRecord } from '../../src/train/model-record.js';
import { sliceWindows } from '../../src/window/slice-windows.js';
import type { WindowBatch } from '../../src/window/window-batch.js';
import { createLearner, type LearnerOutputs } from '../../src/worker/learner.js';
import type { Scored } from '../../src/worker/scorer.js';
import { clusterModelOf, embeddingsOf } from '../cluster/embeddings.js';
import { toRows, type WindowRow } from '../window/window-rows.js';
import { type TestWindow, windowBatch } from './window-batches.js';

const OPTIONS = { learnEvery: 8, steps: 2, channels: 1, floor: 0.02 };
const MODEL = clusterModelOf(
  [
    [0, 0],
    [1, 1],
    [-1, 2],
  ],
  { weights: Float64Array.of(5, 985, 10) },
);

const random = createRandom(4);
const ROWS: readonly TestWindow[] = Array.from({ length: 40 }, (_, i) => ({
  customer: `c${i % 11}`,
  start: i * 3_600_000,
  values: [random.next() * 10, random.normal()],
  // Neither revisions nor results of open windows teach.
  ...(i % 10 === 3 && { revision: 1 }),
  ...(i % 10 === 6 && { final: false }),
}));
/** Every third has no label. */
const WINDOWS = windowBatch(ROWS, { labels: Int32Array.from(ROWS, (_, i) => i % 3) });

describe('a learner', () => {
  it('sends a lesson whenever a learning batch is full, and the rest at the end', async () => {
    const { lessons, outputs } = collect();
    const learner = createLearner(outputs, OPTIONS);
    for (const page of inPages(WINDOWS, [1])) await learner.learn(score(page, MODEL));
    expect(lessons.map(({ rows }) => rows.length)).toEqual([8, 8, 8, 8]);
    await learner.end();
    expect(lessons).toHaveLength(4);
    await learner.learn(score(windowBatch([{ customer: 'one more' }]), MODEL));
    await learner.end();
    expect(lessons.map(({ rows }) => rows.length)).toEqual([8, 8, 8, 8, 1]);
    expect(lessons.map(({ sequence, record }) => [sequence, record.sequence])).toEqual(
      [0, 1, 2, 3, 4].map((n) => [n, n]),
    );
  });

  it('ends batches where they end without a shorter first one', async () => {
    const { lessons, outputs } = collect();
    const options = { ...OPTIONS, learnFirst: 3 };
    const pages = [...inPages(WINDOWS, [1])];
    const first = createLearner(outputs, options);
    for (const page of pages.slice(0, 7)) await first.learn(score(page, MODEL));
    const resumed = createLearner(outputs, options, structuredClone(first.snapshot()));
    for (const page of pages.slice(7)) await resumed.learn(score(page, MODEL));
    expect(lessons.map(({ rows }) => rows.length)).toEqual([3, 5, 8, 8, 8]);
  });

  it('samples first results of closed windows alone, in their order', async () => {
    const { lessons, outputs } = collect();
    const learner = createLearner(outputs, OPTIONS);
    for (const page of inPages(WINDOWS, [1])) await learner.learn(score(page, MODEL));
    const learnt = toRows(WINDOWS).filter(({ revision, final }) => revision === 0 && final === 1);
    expect(lessons.flatMap(({ rows }) => rows)).toEqual(learnt);
  });

  it('sums to the same last bit however pages are cut', async () => {
    const lessonsOf = async (sizes: readonly number[]): Promise<Lesson[]> => {
      const { lessons, outputs } = collect();
      const learner = createLearner(outputs, OPTIONS);
      for (const page of inPages(WINDOWS, sizes)) await learner.learn(score(page, MODEL));
      return lessons;
    };
    const rowByRow = await lessonsOf([1]);
    // Pages of a worker end where a learning batch does: after 10 rows of these, of which 8 teach.
    expect(await lessonsOf([10])).toEqual(rowByRow);
    expect(await lessonsOf([3, 7, 9, 1, 2, 8, 5, 5])).toEqual(rowByRow);
  });

  it('sums what statistics and observation of the whole learning batch are', async () => {
    const { lessons, outputs } = collect();
    const learner = createLearner(outputs, OPTIONS);
    for (const page of inPages(sliceWindows(WINDOWS, 0, 10), [1])) await learner.learn(score(page, MODEL));
    const { assignments } = score(sliceWindows(WINDOWS, 0, 10), MODEL);
    expect(lessons[0]!.record.statistics).toEqual(statistics(MODEL, assignments!));
    expect(lessons[0]!.record.observation).toEqual(toDriftObservation(assignments!));
    expect(lessons[0]!.record.labels).toEqual(countsOf(assignments!));
  });

  it('sends no labels where windows have none, and none with samples', async () => {
    const { lessons, outputs } = collect();
    const learner = createLearner(outputs, OPTIONS);
    for (const page of inPages(windowBatch(ROWS), [10])) await learner.learn(score(page, MODEL));
    expect(lessons.some(({ record }) => 'labels' in record)).toBe(false);
    expect(learner.snapshot()).not.toHaveProperty('labels');
    const taught: SampleRecord[] = [];
    const labelled = createLearner({ teach: async (samples) => void taught.push(samples) }, OPTIONS);
    for (const page of inPages(WINDOWS, [10])) await labelled.learn(score(page, MODEL));
    expect(taught.map(({ windows }) => windows.labels)).toEqual(taught.map(() => undefined));
  });

  it('sends samples alone while there is no model', async () => {
    const { lessons, outputs } = collect();
    const learner = createLearner(outputs, OPTIONS);
    for (const page of inPages(WINDOWS, [10])) {
      await learner.learn({ series: score(page, MODEL).series, assignments: undefined });
    }
    expect(lessons).toHaveLength(4);
    expect(lessons.every(({ record }) => record.statistics === undefined && record.observation === undefined)).toBe(
      true,
    );
  });

  it('sends sums of the latest model alone where another took effect within a learning batch', async () => {
    const { lessons, outputs } = collect();
    const learner = createLearner(outputs, OPTIONS);
    const next = { ...MODEL, modelVersion: 'next' };
    await learner.learn(score(sliceWindows(WINDOWS, 0, 3), MODEL));
    await learner.learn(score(sliceWindows(WINDOWS, 3, 10), next));
    const { assignments } = score(sliceWindows(WINDOWS, 3, 10), next);
    expect(lessons[0]!.rows).toHaveLength(8);
    expect(lessons[0]!.record.labels).toEqual(countsOf(assignments!));
    expect(lessons[0]!.record.statistics).toEqual(statistics(next, assignments!));
    expect(lessons[0]!.record.observation).toEqual(toDriftObservation(assignments!));
  });

  it('waits until the trainer has dealt with a lesson', async () => {
    let release = (): void => undefined;
    const learner = createLearner({ teach: () => new Promise((resolve) => (release = resolve)) }, OPTIONS);
    let done = false;
    const learning = learner.learn(score(sliceWindows(WINDOWS, 0, 10), MODEL)).then(() => (done = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toBe(false);
    release();
    await learning;
    expect(done).toBe(true);
  });

  it('says how much each window counts, by the rarity of its segment', async () => {
    const { lessons, outputs } = collect();
    const learner = createLearner(outputs, OPTIONS);
    await learner.learn(warming(sliceWindows(WINDOWS, 0, 5)));
    for (const page of inPages(sliceWindows(WINDOWS, 5, 40), [1])) await learner.learn(score(page, MODEL));
    const { nearest } = score(WINDOWS, MODEL).assignments!;
    const taught = ROWS.flatMap((row, i) => (row.revision === undefined && row.final !== false ? [i] : []));
    // Of 1,000 windows 5 came to the first segment and 10 to the third, which are to have 2 %.
    const wanted = taught.map((i) => (i < 5 ? 1 : [4, 1, 2][nearest[i]!]));
    expect(lessons.flatMap(({ weights }) => weights)).toEqual(wanted);
    expect(new Set(wanted).size).toBeGreaterThan(1);
  });

  it('goes on from a snapshot, taken anywhere in a learning batch, as if it had never stopped', async () => {
    const whole = collect();
    const learner = createLearner(whole.outputs, OPTIONS);
    for (const page of inPages(WINDOWS, [1])) await learner.learn(score(page, MODEL));
    for (const at of [0, 1, 5, 10, 13, 39]) {
      const { lessons, outputs } = collect();
      const first = createLearner(outputs, OPTIONS);
      for (const page of inPages(sliceWindows(WINDOWS, 0, at), [1])) await first.learn(score(page, MODEL));
      const snapshot = first.snapshot();
      // What is learnt after a snapshot is none of its business.
      await first.learn(score(windowBatch([{ customer: 'other' }]), MODEL));
      lessons.length = Math.min(lessons.length, Math.floor(at / 10));
      const resumed = createLearner(outputs, OPTIONS, structuredClone(snapshot));
      for (const page of inPages(sliceWindows(WINDOWS, at, 40), [1])) await resumed.learn(score(page, MODEL));
      expect(lessons).toEqual(whole.lessons);
    }
  });
});

function countsOf(assignments: AssignmentBatch): LabelCounts {
  const tally = createLabelTally();
  tally.count(assignments);
  return tally.counts();
}

interface Lesson {
  readonly sequence: number;
  readonly rows: readonly WindowRow[];
  readonly weights: readonly number[];
  readonly record: StatisticsRecord;
}

function collect(): { readonly lessons: Lesson[]; readonly outputs: LearnerOutputs } {
  const lessons: Lesson[] = [];
  const outputs: LearnerOutputs = {
    teach: async ({ sequence, windows, weights }, record) => {
      lessons.push({ sequence, rows: toRows(windows), weights: [...weights!], record });
    },
  };
  return { lessons, outputs };
}

/** Pages of the given sizes, the last one again and again. */
function* inPages(windows: WindowBatch, sizes: readonly number[]): Generator<WindowBatch> {
  for (let at = 0, i = 0; at < windows.length; i++) {
    const end = Math.min(windows.length, at + sizes[Math.min(i, sizes.length - 1)]!);
    yield sliceWindows(windows, at, end);
    at = end;
  }
}

/** The window's two values are its embedding. */
function score(windows: WindowBatch, model: ClusterModel): Scored {
  const rows = toRows(windows).map(({ values }) => values);
  const embeddings = embeddingsOf(
    rows,
    windows,
    Float32Array.from(rows, ([x]) => x! / 7),
  );
  const assignments = assign(model, { ...embeddings, embeddingSize: 2 });
  return { series: embeddings.series, assignments };
}

function warming(windows: WindowBatch): Scored {
  return { series: score(windows, MODEL).series, assignments: undefined };
}
