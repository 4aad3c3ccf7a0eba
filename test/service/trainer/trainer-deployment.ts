import { expect } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { createRecordBuffer } from '../../../src/service/record-buffer.js';
import { runTrainer, type TrainerRoleParts } from '../../../src/service/trainer/run-trainer.js';
import { decodeTrainerState } from '../../../src/service/trainer/trainer-state.js';
import { toLessonRecords } from '../../../src/service/worker/lesson-records.js';
import { createModelAssembler } from '../../../src/train/model-assembler.js';
import type { ModelRecord } from '../../../src/train/model-record.js';
import { createRegistryReading } from '../../../src/train/registry-records.js';
import type { TrainerSnapshot } from '../../../src/trainer/trainer-snapshot.js';
import { sliceWindows } from '../../../src/window/slice-windows.js';
import { createIntervalLearner, type IntervalLearner } from '../../../src/worker/interval-learner.js';
import { createScorer } from '../../../src/worker/scorer.js';
import { createMemoryPartition, type MemoryPartition } from '../../support/memory-partition.js';
import { createMemoryState } from '../../support/memory-store.js';
import { type SmallOptions, smallSettings, trainHere } from '../../support/small-stream.js';
import { streamWindows } from '../../support/stream-windows.js';

export const TOPICS = { samples: 'samples', statistics: 'statistics', models: 'models', requests: 'requests' };
const WINDOWS = streamWindows(160, 15);
export const LIVE: SmallOptions = {
  swapAfterWindows: undefined,
  retrain: { everyWindows: 100_000 },
  epochWindows: 200,
};

type Assigned = ReturnType<MemoryPartition['assign']>;

export interface Run extends Partial<TrainerRoleParts> {
  readonly options?: SmallOptions;
  readonly commitEveryMs?: number;
  /** Called before each commit, with what would end the trainer as a kill does. */
  readonly beforeCommit?: (kill: () => void) => void;
  /** Called after each commit took effect, before the trainer knows. */
  readonly afterCommit?: (kill: () => void) => void;
}

/** A deployment in memory: its topics, what was committed of its trainer, and a worker that teaches. */
export function deployment(options: SmallOptions = LIVE) {
  const lessons = createMemoryPartition(0, [TOPICS.samples, TOPICS.statistics, TOPICS.requests]);
  const state = createMemoryState();
  const assembler = createModelAssembler();
  const settings = smallSettings(options);
  const { series, seriesHash, encoder } = settings.trainer.model;
  const scorer = createScorer(series, seriesHash, [], encoder.engine);
  const learners: IntervalLearner[] = [0, 1, 2].map((partition) =>
    createIntervalLearner({
      ...settings.trainer.reservoir,
      partition,
      quota: 100,
      steps: series.windowSteps,
      channels: 1,
      seed: settings.trainer.seed,
    }),
  );
  let read = 0;
  let next = 0;

  /** Takes what models were committed since into force. */
  const follow = (): void => {
    const committed = state.outputs.get(TOPICS.models) ?? [];
    const before = new Set(assembler.models);
    const records = committed.slice(read).map(({ key, value }) => ({ key, value: value as Buffer | null }));
    expect(assembler.take(records)).toEqual([]);
    read = committed.length;
    for (const record of assembler.models) if (!before.has(record)) void scorer.apply(record);
  };

  return {
    lessons,
    state,
    assembler,
    scorer,
    get taught() {
      return next;
    },
    /** Windows in lessons of three partitions. */
    async teach(count: number): Promise<void> {
      follow();
      for (const end = next + count; next < end; ) {
        const at = next % WINDOWS.length;
        const to = Math.min(at + 40, WINDOWS.length, at + end - next);
        const learner = learners[Math.floor(next / 40) % 3]!;
        learner.learn(await scorer.score(sliceWindows(WINDOWS, at, to)));
        for (const [topic, record] of toLessonRecords(learner.take()!, TOPICS)) lessons.append(topic, [record]);
        next += to - at;
      }
    },
    follow,
    snapshot: (): TrainerSnapshot => decodeTrainerState(state.commits.at(-1)!.checkpoint!, seriesHash).trainer,
  };
}

type Deployment = ReturnType<typeof deployment>;

/** One trainer; resolves when it has ended. */
export async function train({ lessons, state }: Deployment, run: Run = {}, partition: Assigned = lessons.assign(7)) {
  const kill = (): never => {
    partition.revoke();
    throw new SegtideError('transport', 'killed');
  };
  const store = state.open(() => run.beforeCommit?.(kill));
  // Whenever it looks, it is time for a commit and for an epoch.
  let now = 0;
  await runTrainer(
    { settings: smallSettings(run.options ?? LIVE).trainer, topics: TOPICS, commitEveryMs: run.commitEveryMs ?? 0 },
    {
      partition,
      store: {
        open: () => store.open(),
        async commit(commit) {
          await store.commit(commit);
          run.afterCommit?.(kill);
        },
        logged: store.logged,
        close: () => store.close(),
      },
      records: createRecordBuffer({ topicOf: (name) => name, format: 'json' }),
      clock: { now: () => (now += 10_000) },
      train: trainHere,
      readModels: async () => {
        const reading = createRegistryReading();
        const committed = state.outputs.get(TOPICS.models) ?? [];
        reading.take(committed.map(({ key, value }) => ({ key, value: value as Buffer | null })));
        return reading;
      },
      isStopped: () => partition.started && partition.waiting.length === 0,
      onRefused: ({ topic, offset }, error) => {
        throw new Error(`${topic} ${offset}`, { cause: error });
      },
      ...run,
    },
  );
}

export const versions = (records: readonly ModelRecord[]): string[] =>
  records.flatMap((record) => (record.kind === 'model' ? [record.modelVersion] : []));

const total = (weights: Float64Array): number => weights.reduce((a, b) => a + b, 0);

/** Windows that centroids of the model in force were taught, in their weights or since the last epoch. */
export function weightTaught({ champion, taught }: TrainerSnapshot, before: number): number {
  return total(champion!.clusterModel.weights) + (taught === null ? 0 : total(taught.weights)) - before;
}

/** A deployment whose workers have their first model, and the weight that it came with. */
export async function withModel(): Promise<{ deployed: Deployment; before: number; windows: number }> {
  const deployed = deployment();
  await deployed.teach(520);
  await train(deployed);
  await until(deployed, () => deployed.state.outputs.has(TOPICS.models));
  deployed.follow();
  const { champion, windows } = deployed.snapshot();
  return { deployed, before: total(champion!.clusterModel.weights), windows };
}

/** Runs a trainer until something was committed. */
export async function until(deployed: Deployment, done: () => boolean, run: Run = {}): Promise<void> {
  await train(deployed, { ...run, isStopped: done });
}
