import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { createRandom } from '../../../src/numeric/random.js';
import { createRecordBuffer } from '../../../src/service/record-buffer.js';
import { checkStoredTrainer } from '../../../src/service/trainer/check-stored-trainer.js';
import { runTrainer, type TrainerRoleParts } from '../../../src/service/trainer/run-trainer.js';
import { decodeTrainerState } from '../../../src/service/trainer/trainer-state.js';
import { toLessonRecords } from '../../../src/service/worker/lesson-records.js';
import { createModelAssembler } from '../../../src/train/model-assembler.js';
import type { ModelRecord } from '../../../src/train/model-record.js';
import { createRegistryReading } from '../../../src/train/registry-records.js';
import { runTrainingJob } from '../../../src/train/run-training-job.js';
import type { Training } from '../../../src/train/start-training.js';
import type { TrainerSnapshot } from '../../../src/trainer/trainer-snapshot.js';
import { sliceWindows } from '../../../src/window/slice-windows.js';
import { createIntervalLearner, type IntervalLearner } from '../../../src/worker/interval-learner.js';
import { createScorer } from '../../../src/worker/scorer.js';
import { createMemoryPartition, type MemoryPartition } from '../../support/memory-partition.js';
import { createMemoryState } from '../../support/memory-store.js';
import { type SmallOptions, smallSettings, trainHere } from '../../support/small-stream.js';
import { streamWindows } from '../../support/stream-windows.js';

const TOPICS = { samples: 'samples', statistics: 'statistics', models: 'models', requests: 'requests' };
const WINDOWS = streamWindows(160, 15);
const LIVE: SmallOptions = { swapAfterWindows: undefined, retrain: { everyWindows: 100_000 }, epochWindows: 200 };

type Assigned = ReturnType<MemoryPartition['assign']>;

interface Run extends Partial<TrainerRoleParts> {
  readonly options?: SmallOptions;
  readonly commitEveryMs?: number;
  /** Called before each commit, with what would end the trainer as a kill does. */
  readonly beforeCommit?: (kill: () => void) => void;
  /** Called after each commit took effect, before the trainer knows. */
  readonly afterCommit?: (kill: () => void) => void;
}

/** A deployment in memory: its topics, what was committed of its trainer, and a worker that teaches. */
function deployment(options: SmallOptions = LIVE) {
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
    for (const record of assembler.models) if (!before.has(record)) scorer.apply(record);
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
async function train({ lessons, state }: Deployment, run: Run = {}, partition: Assigned = lessons.assign(7)) {
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

const versions = (records: readonly ModelRecord[]): string[] =>
  records.flatMap((record) => (record.kind === 'model' ? [record.modelVersion] : []));

const total = (weights: Float64Array): number => weights.reduce((a, b) => a + b, 0);

/** Windows that centroids of the model in force were taught, in their weights or since the last epoch. */
function weightTaught({ champion, taught }: TrainerSnapshot, before: number): number {
  return total(champion!.clusterModel.weights) + (taught === null ? 0 : total(taught.weights)) - before;
}

/** A deployment whose workers have their first model, and the weight that it came with. */
async function withModel(): Promise<{ deployed: Deployment; before: number; windows: number }> {
  const deployed = deployment();
  await deployed.teach(520);
  await train(deployed);
  await until(deployed, () => deployed.state.outputs.has(TOPICS.models));
  deployed.follow();
  const { champion, windows } = deployed.snapshot();
  return { deployed, before: total(champion!.clusterModel.weights), windows };
}

/** Runs a trainer until something was committed. */
async function until(deployed: Deployment, done: () => boolean, run: Run = {}): Promise<void> {
  await train(deployed, { ...run, isStopped: done });
}

describe('a trainer over topics', () => {
  it('commits models, epochs, segments and drift with its state and the offsets of the lessons', async () => {
    const { deployed } = await withModel();
    const { state, lessons, scorer, assembler } = deployed;
    expect(versions(assembler.models)).toHaveLength(1);
    await deployed.teach(1200);
    await train(deployed);
    deployed.follow();
    expect(scorer.modelVersion).toBe(versions(assembler.models)[0]);
    const outputs = (topic: string) => state.outputs.get(topic) ?? [];
    expect(outputs('segments').map(({ key }) => key)).toEqual(['s1', 's2', 's3']);
    expect(outputs('drift').length).toBeGreaterThan(0);
    expect(outputs('models').filter(({ key }) => key === 'centroids').length).toBeGreaterThanOrEqual(3);
    const ends = lessons.assign();
    ends.start(state.commits.at(-1)!.offsets);
    expect(ends.waiting).toEqual([]);
  });

  it('takes a model into force that is ready while no lesson comes, and commits it at once', async () => {
    const deployed = deployment();
    await deployed.teach(520);
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const late = (job: Parameters<typeof trainHere>[0]): Training => ({
      result: arrived.then(() => runTrainingJob(job)),
      stop: async () => undefined,
    });
    setTimeout(arrive, 30);
    const isCommitted = () => deployed.state.outputs.has(TOPICS.models);
    await until(deployed, isCommitted, { train: late, commitEveryMs: 1e9 });
    deployed.follow();
    expect(versions(deployed.assembler.models)).toHaveLength(1);
  });

  it('does once what is asked for by hand, wherever it is killed, and workers go back to the model before', async () => {
    const open = { ...LIVE, gate: { minGain: 0, maxErrorRise: 10 }, retrain: { everyWindows: 600 } };
    const deployed = deployment(open);
    await deployed.teach(1200);
    const published = () =>
      (deployed.state.outputs.get(TOPICS.models) ?? []).filter(({ key }) => String(key).endsWith('/manifest')).length;
    await until(deployed, () => published() === 1, { options: open });
    deployed.follow();
    const former = deployed.scorer.modelVersion;
    await deployed.teach(1200);
    await until(deployed, () => published() === 2, { options: open });
    deployed.follow();
    expect(deployed.scorer.modelVersion).not.toBe(former);

    const versions = { from: deployed.scorer.modelVersion, to: former };
    const value = JSON.stringify({ id: 'r1', kind: 'rollback', ...versions, reason: 'a test' });
    deployed.lessons.append(TOPICS.requests, [
      { key: 'r1', value },
      { key: 'r1', value },
      { key: 'x', value: 'none' },
    ]);
    const refused: string[] = [];
    const run: Run = {
      options: open,
      onRefused: ({ kind, topic, offset }) => refused.push(`${kind} ${topic} ${offset}`),
    };
    await train(deployed, { ...run, beforeCommit: (kill) => kill() }).catch(() => undefined);
    await train(deployed, { ...run, afterCommit: (kill) => kill() }).catch(() => undefined);
    await train(deployed, run);
    deployed.follow();
    expect(deployed.scorer.modelVersion).toBe(former);
    expect(published()).toBe(3);
    expect(refused.at(-1)).toBe('request requests 2');
    const events = (deployed.state.outputs.get('model-events') ?? []).map(({ value: json }) =>
      JSON.parse(String(json)),
    );
    // A training that was under way was ended.
    const told = events.map(({ event }) => event).filter((event) => event !== 'failed');
    expect(told).toEqual(['promoted', 'promoted', 'reinstated']);
  });

  it('commits nothing while nothing comes', async () => {
    const { deployed } = await withModel();
    const { commits } = deployed.state;
    const before = commits.length;
    let looks = 0;
    await train(deployed, { isStopped: () => ++looks > 3 });
    expect(commits.length).toBe(before);
  });

  it('counts each lesson once, wherever it is killed', async () => {
    const { deployed, before, windows } = await withModel();
    const random = createRandom(11);
    const sent = deployed.taught;
    const kills = { beforeCommit: 0, afterCommit: 0, between: 0 };
    for (let killed = 0; killed < 20; killed++) {
      await deployed.teach(40 * (1 + random.below(6)));
      let commits = random.below(4);
      const when = random.below(2) === 0 ? 'beforeCommit' : 'afterCommit';
      const dies = (kill: () => void): void => {
        if (commits-- > 0) return;
        kills[when]++;
        kill();
      };
      const partition = deployed.lessons.assign(1 + random.below(4));
      let looks = 1 + random.below(5);
      await train(
        deployed,
        {
          [when]: dies,
          // Where no commit comes to that: between two.
          isStopped: () => {
            if (--looks > 0) return false;
            kills.between++;
            partition.revoke();
            return false;
          },
        },
        partition,
      );
      expect(partition.signal.aborted).toBe(true);
    }
    await train(deployed);
    const snapshot = deployed.snapshot();
    expect(snapshot.windows - windows).toBe(deployed.taught - sent);
    expect(snapshot.droppedStatistics).toBe(0);
    expect(weightTaught(snapshot, before)).toBeCloseTo(deployed.taught - sent, 6);
    expect(deployed.taught - sent).toBeGreaterThan(1500);
    expect(Math.min(...Object.values(kills))).toBeGreaterThan(1);
  });

  it('begins a training again that it was killed in, and publishes one whole model', async () => {
    const expected = (await withModel()).deployed.assembler.models;
    const deployed = deployment();
    await deployed.teach(520);
    let started = 0;
    const endless = (): Training => {
      started++;
      return { result: new Promise(() => undefined), stop: async () => undefined };
    };
    for (let i = 0; i < 3; i++) await train(deployed, { train: endless });
    expect([started, deployed.snapshot().underWay?.job.number]).toEqual([3, 1]);
    await until(deployed, () => deployed.state.outputs.has(TOPICS.models));
    deployed.follow();
    expect(versions(deployed.assembler.models)).toEqual(versions(expected));
  });

  it.each(['beforeCommit', 'afterCommit'] as const)(
    'leaves no half model when it is killed while it publishes: %s',
    async (when) => {
      const deployed = deployment();
      await deployed.teach(520);
      await train(deployed, { train: () => ({ result: new Promise(() => undefined), stop: async () => undefined }) });
      await until(deployed, () => false, { [when]: (kill: () => void) => kill() });
      deployed.follow();
      expect(versions(deployed.assembler.models)).toHaveLength(when === 'beforeCommit' ? 0 : 1);
      await until(deployed, () => deployed.state.outputs.has(TOPICS.models));
      deployed.follow();
      const manifests = deployed.state.outputs.get(TOPICS.models)!.filter(({ key }) => key.endsWith('/manifest'));
      expect(manifests).toHaveLength(1);
      expect(versions(deployed.assembler.models)).toHaveLength(1);
    },
  );

  it('is fenced by a standby that took over, which goes on from the last commit', async () => {
    const { deployed, before } = await withModel();
    const sent = deployed.taught;
    await deployed.teach(400);
    const store = deployed.state.open();
    let standby: Promise<unknown> | undefined;
    const fenced = train(deployed, {
      commitEveryMs: 0,
      beforeCommit: () => {
        standby ??= store.open();
      },
    });
    await expect(fenced).rejects.toMatchObject({ code: 'fenced' });
    await standby;
    await train(deployed);
    expect(weightTaught(deployed.snapshot(), before)).toBeCloseTo(deployed.taught - sent, 6);
  });

  it('resolves when the partition is revoked, without a commit', async () => {
    const { deployed } = await withModel();
    await deployed.teach(80);
    const before = deployed.state.commits.length;
    const partition = deployed.lessons.assign();
    let looks = 0;
    const isStopped = (): boolean => {
      if (++looks === 2) partition.revoke();
      return false;
    };
    await train(deployed, { isStopped, commitEveryMs: 1e9 }, partition);
    expect(deployed.state.commits.length).toBe(before);
  });

  it('passes over a lesson that can not be used, and says which', async () => {
    const { deployed, before } = await withModel();
    const sent = deployed.taught;
    const { lessons } = deployed;
    lessons.append(TOPICS.statistics, [{ key: '0', value: Buffer.from('no statistics') }]);
    lessons.append(TOPICS.samples, [{ key: '0', value: Buffer.alloc(100) }]);
    await deployed.teach(120);
    const refused: string[] = [];
    await train(deployed, { onRefused: ({ kind, topic }, { code }) => refused.push(`${kind} of ${topic}: ${code}`) });
    expect(refused).toEqual(['lesson of samples: state', 'lesson of statistics: state']);
    expect(weightTaught(deployed.snapshot(), before)).toBeCloseTo(deployed.taught - sent, 6);
  });

  it('begins the provisional model with windows at hand, where what counts them came before them', async () => {
    const options = { ...LIVE, provisionalFit: 100 };
    const deployed = deployment(options);
    const { lessons, state } = deployed;
    const late: Parameters<typeof lessons.append>[] = [];
    const { append } = lessons;
    lessons.append = (...records) => (records[0] === TOPICS.samples ? late.push(records) : append(...records));
    await deployed.teach(160);
    await train(deployed, { options });
    for (const records of late) append(...records);
    await until(deployed, () => state.outputs.has(TOPICS.models), { options });
    deployed.follow();
    expect(versions(deployed.assembler.models)).toEqual([expect.stringMatching(/^v0-/)]);
  });

  it('forgets a customer by a record of the samples', async () => {
    const { deployed } = await withModel();
    const customer = deployed.snapshot().reservoir.customers[0]!;
    deployed.lessons.append(TOPICS.samples, [{ key: customer, value: null }]);
    await train(deployed);
    expect(deployed.snapshot().reservoir.customers).not.toContain(customer);
    expect(deployed.snapshot().reservoir.customers.length).toBeGreaterThan(400);
  });

  it('tells of a state of other settings before it has to go on from it', async () => {
    const { deployed } = await withModel();
    const checkpoint = deployed.state.commits.at(-1)!.checkpoint!;
    const { trainer } = smallSettings(LIVE);
    expect(() => checkStoredTrainer(trainer, checkpoint)).not.toThrow();
    const other = { ...trainer, model: { ...trainer.model, seriesHash: 'other' } };
    expect(() => checkStoredTrainer(other, checkpoint)).toThrow(/other settings of window and series/);
    const seeded = { ...trainer, seed: trainer.seed + 1 };
    expect(() => checkStoredTrainer(seeded, checkpoint)).toThrow(/other settings: .* seed/);
    const measured = { ...trainer, drift: { ...trainer.drift, channels: ['one', 'more'] } };
    expect(() => checkStoredTrainer(measured, checkpoint)).toThrow(/drift monitor.* with 1 channels; got .* with 2/);
    expect(() => checkStoredTrainer(trainer, checkpoint.subarray(0, -8))).toThrow(/can't be read/);
  });
});
