import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/anomaly/alert.js';
import { SegtideError } from '../../../src/errors.js';
import { resolveIngest } from '../../../src/ingest/ingest-settings.js';
import { createRandom } from '../../../src/numeric/random.js';
import type { AssignmentRecord } from '../../../src/publish/assignment-record.js';
import { toForgottenRecords } from '../../../src/service/worker/forgotten-records.js';
import { createOutputBuffer } from '../../../src/service/worker/output-buffer.js';
import { decodePartitionState } from '../../../src/service/worker/partition-state.js';
import {
  type PartitionWorkerOptions,
  type PartitionWorkerParts,
  runPartition,
} from '../../../src/service/worker/partition-worker.js';
import { decodeArtifact } from '../../../src/train/encode-artifact.js';
import type { ModelRecord } from '../../../src/train/model-record.js';
import { createReservoir } from '../../../src/train/reservoir.js';
import { runTrainingJob } from '../../../src/train/run-training-job.js';
import { createJsonValues } from '../../../src/transport/kafka/json-values.js';
import { addFates, NO_FATES } from '../../../src/window/fates.js';
import type { Fates } from '../../../src/window/window-batch.js';
import { createWindower } from '../../../src/window/windower.js';
import type { Lessons } from '../../../src/worker/interval-learner.js';
import { createMemoryPartition, type MemoryPartition } from '../../support/memory-partition.js';
import { createMemoryState, type MemoryState } from '../../support/memory-store.js';
import { SMALL, smallJob, smallModels } from '../../support/small-models.js';
import { HOUR, STEPS, smallStream } from '../../support/small-stream.js';
import { type TestEvent, toUsageBatch } from '../../window/usage-events.js';

const MAPPING = resolveIngest({
  fields: { customer: 'id', time: 't' },
  channels: [{ name: 'value', field: 'v' }],
  time: { unit: 'ms' },
});
const EVENTS = smallStream(60, 6);
const HALF = EVENTS.filter(({ time }) => time < 24 * HOUR).length;
const END = EVENTS.at(-1)!.time;

const OPTIONS: PartitionWorkerOptions = {
  segmentation: SMALL,
  identity: 'small',
  partitions: 1,
  keyed: 'verify',
  maxBatchBytes: 4000,
  idleMs: 20,
  topicIdleMs: 50,
  maxAheadMs: HOUR,
  commitEveryMs: 1,
  maxCommitBytes: 100_000,
  checkpointRecords: 1500,
  checkpointEveryMs: 600_000,
};

let models: readonly ModelRecord[];
beforeAll(async () => {
  models = (await smallModels(1, 2)).map(({ record }) => record);
});

const toRecords = (events: readonly TestEvent[]) =>
  events.map(({ customer, time, values }) => ({
    key: customer,
    value: JSON.stringify({ id: customer, t: time, v: values?.[0] ?? 1 }),
  }));

interface Ending {
  /** Ends without a word, as a killed process. */
  readonly killAfterPages?: number;
  readonly inForce?: () => readonly ModelRecord[];
  readonly options?: Partial<PartitionWorkerOptions>;
  readonly fetchedRecords?: number;
  readonly now?: () => number;
  readonly createLearner?: PartitionWorkerParts['createLearner'];
  readonly toRecords?: PartitionWorkerParts['toRecords'];
  readonly onFates?: (fates: Fates) => void;
  /** Ends in order. */
  readonly stopWhen?: (partition: ReturnType<MemoryPartition['assign']>) => boolean;
}

/** One owner of the partition; resolves when it has ended. */
async function own(topics: MemoryPartition, state: MemoryState, ending: Ending = {}): Promise<number> {
  const partition = topics.assign(ending.fetchedRecords);
  let pages = 0;
  let restored = 0;
  const outputs = await createOutputBuffer({
    topicOf: (name) => name,
    format: 'json',
    embeddings: false,
    alerts: true,
  });
  const parts: PartitionWorkerParts = {
    partition,
    store: state.open(),
    values: createJsonValues(MAPPING),
    outputs,
    createLearner:
      ending.createLearner ?? ((sequence) => ({ learn: () => undefined, take: () => undefined, sequence })),
    toRecords: ending.toRecords ?? (() => []),
    toForgotten: (customerId, isKnown) =>
      toForgottenRecords(customerId, { topics: ['assignments'], isKnown, isHome: false }),
    models: () => ending.inForce?.() ?? [],
    onModelRefused: (_, error) => {
      throw error;
    },
    clock: { now: ending.now ?? (() => END + HOUR) },
    isStopped: () => ending.stopWhen?.(partition) === true,
    onRestored: ({ records }) => {
      restored = records;
    },
    onPage: (_, fates) => {
      ending.onFates?.(fates);
      if (++pages === ending.killAfterPages) partition.revoke();
    },
  };
  await runPartition({ ...OPTIONS, ...ending.options }, parts);
  return restored;
}

const published = ({ outputs }: MemoryState, topic = 'assignments') =>
  (outputs.get(topic) ?? []).map(({ value }) => JSON.parse(String(value)) as AssignmentRecord);

const untimed = (records: readonly AssignmentRecord[]) => records.map(({ emittedAt: _, ...record }) => record);

/** Runs until every event was taken, and for a while longer, in which their windows are published. */
async function drain(topics: MemoryPartition, state: MemoryState, ending: Ending = {}): Promise<void> {
  let idle = 0;
  await own(topics, state, {
    ...ending,
    stopWhen: ({ started, waiting }) => started && waiting.length === 0 && ++idle > 30,
  });
}

function newTopics(events: readonly TestEvent[] = EVENTS): MemoryPartition {
  const topics = createMemoryPartition(0, ['usage']);
  topics.append('usage', toRecords(events));
  return topics;
}

/** A model of enough windows to tell what is usual. */
async function anomalyModel(): Promise<ModelRecord> {
  const windower = createWindower(SMALL.window);
  const reservoir = createReservoir({ capacity: 600, steps: STEPS, channels: 1, seed: 1 });
  const events = smallStream(80, 5, 2).filter(({ customer }) => customer !== 'late');
  for (const close of [() => windower.push(toUsageBatch(events)), () => windower.finish()]) {
    for (const page of close()) for (let i = 0; i < page.length; i++) reservoir.add(page, i);
  }
  const { modelVersion, artifact } = await runTrainingJob(smallJob({ reservoir: reservoir.snapshot() }));
  return { kind: 'model', modelVersion, artifact, previousVersion: null };
}

const alertsOf = ({ outputs }: MemoryState) =>
  (outputs.get('alerts') ?? []).map(({ key, value }) => {
    const { emittedAt: _, ...alert } = JSON.parse(String(value)) as Alert;
    return { key: String(key), ...alert };
  });

describe('a worker that watches for alerts', () => {
  let inForce: () => readonly ModelRecord[];
  beforeAll(async () => {
    const model = await anomalyModel();
    inForce = () => [model];
  });

  it('raises each alert once, whenever it is killed', async () => {
    const oracle = createMemoryState();
    await drain(newTopics(), oracle, { inForce });
    const expected = alertsOf(oracle);
    expect(new Set(expected.map(({ kind }) => kind))).toContain('anomaly');
    expect(expected.length).toBeGreaterThan(9);
    expect(expected.every(({ key, customerId }) => customerId === null || key === customerId)).toBe(true);

    const random = createRandom(4);
    for (let round = 0; round < 3; round++) {
      const topics = newTopics();
      const state = createMemoryState();
      for (let kills = 0; kills < 10; kills++) {
        await drain(topics, state, {
          killAfterPages: 1 + random.below(12),
          inForce,
          fetchedRecords: 20 + random.below(300),
          options: { commitEveryMs: 0, maxCommitBytes: 1 + random.below(3000) },
        });
      }
      await drain(topics, state, { inForce });
      expect(alertsOf(state)).toEqual(expected);
    }
  });

  it('takes nothing for odd in a segment that began after its model was fitted', async () => {
    const [model] = inForce();
    if (model?.kind !== 'model') throw new Error('no model');
    const { clusterModel } = decodeArtifact(model.artifact);
    const segmentsOf = async (born: readonly string[]) => {
      const cluster = { ...clusterModel, centroidEpoch: 1, born };
      const records = [model, { kind: 'centroids', cluster } as const];
      const state = createMemoryState();
      await drain(newTopics(), state, { inForce: () => records });
      const anomalies = alertsOf(state).filter(({ kind }) => kind === 'anomaly');
      return [...new Set(anomalies.map(({ segmentId }) => segmentId!))];
    };
    const [first, ...others] = await segmentsOf([]);
    expect(others.length).toBeGreaterThan(0);
    expect((await segmentsOf([first!])).sort()).toEqual(others.sort());
  });

  it('names nobody in its state who was forgotten', async () => {
    const options = { forgetTopic: 'forget-requests', checkpointRecords: 1 };
    const topics = createMemoryPartition(0, ['usage', 'forget-requests']);
    topics.append('usage', toRecords(EVENTS));
    const state = createMemoryState();
    await drain(topics, state, { inForce, options });
    const stored = () => decodePartitionState(state.commits.findLast(({ checkpoint }) => checkpoint)!.checkpoint!);
    const [{ customerId } = {}] = stored().publisher.topAlerts;
    if (customerId == null) throw new Error('no alert is about a customer');
    topics.append('forget-requests', [{ key: customerId, value: '{}' }]);
    await drain(topics, state, { inForce, options });
    topics.append('usage', toRecords([{ customer: 'late', time: HOUR }]));
    await drain(topics, state, { inForce, options });
    expect(stored().publisher.topAlerts.length).toBeGreaterThan(0);
    expect(stored().publisher.topAlerts.map((alert) => alert.customerId)).not.toContain(customerId);
  });
});

describe('a worker of one partition', () => {
  it('tells the fates of the events that it reads, and not of those that it reads again to restore', async () => {
    const topics = newTopics(EVENTS.slice(0, HALF));
    const state = createMemoryState();
    const tell = async (): Promise<Fates & { restored: number }> => {
      let told = NO_FATES;
      let idle = 0;
      const restored = await own(topics, state, {
        onFates: (fates) => {
          told = addFates(told, fates);
        },
        stopWhen: ({ started, waiting }) => started && waiting.length === 0 && ++idle > 30,
      });
      return { ...told, restored };
    };
    expect(await tell()).toMatchObject({ restored: 0, in: HALF, deadLettered: 0 });
    topics.append('usage', [...toRecords(EVENTS.slice(HALF)), { key: 'a', value: 'no JSON' }]);
    const rest = await tell();
    expect(rest).toMatchObject({ in: EVENTS.length - HALF + 1, deadLettered: 1 });
    expect(rest.restored).toBeGreaterThan(0);
  });

  it('publishes each window once, whenever it is killed and however the rest is fetched again', async () => {
    const oracle = createMemoryState();
    await drain(newTopics(), oracle, { inForce: () => models });
    const expected = untimed(published(oracle));
    expect(expected.length).toBeGreaterThan(250);
    expect(expected.every(({ status }) => status === 'assigned')).toBe(true);

    const random = createRandom(3);
    for (let round = 0; round < 6; round++) {
      const topics = newTopics();
      const state = createMemoryState();
      for (let kills = 0; kills < 12; kills++) {
        await drain(topics, state, {
          killAfterPages: 1 + random.below(12),
          inForce: () => models,
          fetchedRecords: 20 + random.below(300),
          options: { commitEveryMs: 0, maxCommitBytes: 1 + random.below(3000) },
        });
      }
      await drain(topics, state, { inForce: () => models });
      expect(untimed(published(state))).toEqual(expected);
      expect(published(state, 'transitions')).toHaveLength(published(oracle, 'transitions').length);
    }
  });

  it('knows the segments of before a restart, though it does not score again what it has published', async () => {
    const topics = newTopics(EVENTS.slice(0, HALF));
    const state = createMemoryState();
    await drain(topics, state, { inForce: () => models.slice(0, 1) });
    const before = published(state).length;
    topics.append('usage', toRecords(EVENTS.slice(HALF)));
    let scored = false;
    await drain(topics, state, {
      inForce: () => {
        scored = true;
        return models;
      },
    });
    expect(scored).toBe(true);
    const after = published(state).slice(before);
    expect(after.length).toBeGreaterThan(50);
    const known = new Set(
      published(state)
        .slice(0, before)
        .map(({ customerId }) => customerId),
    );
    expect(after.filter(({ customerId }) => known.has(customerId)).every((a) => a.previousSegmentId !== null)).toBe(
      true,
    );
    const versions = new Set(published(state).map(({ modelVersion }) => modelVersion));
    expect(versions.size).toBe(2);
  });

  it('leaves to its next owner what it has not committed, and can commit nothing any more', async () => {
    const topics = newTopics();
    const state = createMemoryState();
    let taken = false;
    const partition = topics.assign();
    const outputs = await createOutputBuffer({
      topicOf: (name) => name,
      format: 'json',
      embeddings: false,
      alerts: true,
    });
    const zombie = runPartition(OPTIONS, {
      partition,
      store: state.open(async () => {
        if (taken) return;
        taken = true;
        await drain(topics, state);
      }),
      values: createJsonValues(MAPPING),
      outputs,
      createLearner: (sequence) => ({ learn: () => undefined, take: () => undefined, sequence }),
      toRecords: () => [],
      toForgotten: () => [],
      models: () => [],
      onModelRefused: () => undefined,
      clock: { now: () => END + HOUR },
      isStopped: () => false,
    });
    await expect(zombie).rejects.toMatchObject({ code: 'fenced' });
    const keys = published(state).map((a) => `${a.customerId} ${a.windowStart} ${a.revision}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('lets go of a commit that is still being tried when the partition is revoked', async () => {
    const topics = newTopics();
    const state = createMemoryState();
    const partition = topics.assign();
    const closed = new AbortController();
    const store = state.open(async () => {
      const closing = once(closed.signal, 'abort');
      partition.revoke();
      await closing; // the broker is away
      throw new SegtideError('aborted', 'the store is closed');
    });
    const outputs = await createOutputBuffer({
      topicOf: (name) => name,
      format: 'json',
      embeddings: false,
      alerts: true,
    });
    await runPartition(OPTIONS, {
      partition,
      store: { ...store, close: async () => closed.abort() },
      values: createJsonValues(MAPPING),
      outputs,
      createLearner: (sequence) => ({ learn: () => undefined, take: () => undefined, sequence }),
      toRecords: () => [],
      toForgotten: () => [],
      models: () => [],
      onModelRefused: () => undefined,
      clock: { now: () => END + HOUR },
      isStopped: () => false,
    });
    expect(published(state)).toEqual([]);
  });

  it('closes windows by the clock when records stay away, and at the same place after a restart', async () => {
    const silent = EVENTS.filter(({ time }) => time < 20 * HOUR);
    const options = { segmentation: SMALL, idleMs: 1 };
    const run = async (kill: boolean) => {
      const topics = newTopics(silent);
      const state = createMemoryState();
      let now = 23.99 * HOUR;
      const tick = () => {
        now += 100;
        return now;
      };
      if (kill) await own(topics, state, { killAfterPages: 90, now: tick, options });
      await own(topics, state, { now: tick, options, stopWhen: () => now > 24.15 * HOUR });
      return untimed(published(state));
    };
    const whole = await run(false);
    expect(whole.some(({ windowEnd }) => windowEnd === 24 * HOUR)).toBe(true);
    const keyOf = ({ customerId, windowStart, revision }: Omit<AssignmentRecord, 'emittedAt'>) =>
      `${customerId} ${windowStart} ${revision}`;
    const pieces = await run(true);
    expect(pieces.map(keyOf).sort()).toEqual(whole.map(keyOf).sort());
  });

  it('has one clock for several topics: the one that lags is waited for, and nothing of it is late', async () => {
    const first = EVENTS.filter((_, i) => i % 2 === 0);
    const second = EVENTS.filter((_, i) => i % 2 === 1);
    // As the group reader sorts them.
    const topics = createMemoryPartition(0, ['forget-requests', 'usage-a', 'usage-b']);
    topics.append('usage-a', toRecords(first));
    const state = createMemoryState();
    const options = { forgetTopic: 'forget-requests', topicIdleMs: 600_000 };
    await drain(topics, state, { options });
    expect(published(state)).toEqual([]);
    topics.append('usage-b', toRecords(second.slice(0, HALF / 2)));
    await drain(topics, state, { options, killAfterPages: 40 });
    topics.append('usage-b', toRecords(second.slice(HALF / 2)));
    await drain(topics, state, { options });
    expect(published(state, 'late').length).toBeLessThan(10);

    const one = createMemoryState();
    await drain(newTopics(), one, { options });
    const contents = (of: MemoryState) =>
      published(of)
        .map((a) => `${a.customerId} ${a.windowStart} ${a.observedSteps}`)
        .sort();
    expect(contents(state)).toEqual(contents(one));
  });

  it('tells nothing of the time in which brokers were away, when they are back', async () => {
    const topics = newTopics(EVENTS.filter(({ time }) => time < 20 * HOUR));
    const state = createMemoryState();
    let now = 21 * HOUR;
    let looks = 0;
    await own(topics, state, {
      now: () => now,
      options: { idleMs: 1 },
      stopWhen: (partition) => {
        if (!partition.started || partition.waiting.length > 0) return false;
        looks++;
        partition.isAway = looks > 20 && looks < 40;
        // Away for a day; back, it has nothing for a moment.
        if (looks === 39) now += 24 * HOUR;
        return looks > 60;
      },
    });
    expect(published(state).some(({ windowEnd }) => windowEnd === 24 * HOUR)).toBe(false);
  });

  it('takes a broker that does not answer for no silence', async () => {
    const topics = newTopics(EVENTS.filter(({ time }) => time < 20 * HOUR));
    const state = createMemoryState();
    let now = 23.99 * HOUR;
    let looks = 0;
    await own(topics, state, {
      now: () => {
        now += 100;
        return now;
      },
      options: { idleMs: 1 },
      stopWhen: (partition) => {
        partition.isAway = partition.started && partition.waiting.length === 0;
        return partition.isAway && ++looks > 40 && now > 24.15 * HOUR;
      },
    });
    expect(published(state).some(({ windowEnd }) => windowEnd === 16 * HOUR)).toBe(true);
    expect(published(state).some(({ windowEnd }) => windowEnd === 24 * HOUR)).toBe(false);
  });

  it('refuses the state of other settings, of other partitions, and an input that was written anew', async () => {
    const topics = newTopics();
    const state = createMemoryState();
    await drain(topics, state, { options: { checkpointRecords: 100 } });
    await expect(own(topics, state, { options: { identity: 'other' } })).rejects.toThrow(/other settings/);
    await expect(own(topics, state, { options: { partitions: 2 } })).rejects.toThrow(/has 2 partitions, and had 1/);
    const young = createMemoryState();
    await drain(newTopics(), young, { options: { checkpointRecords: 1_000_000 } });
    await expect(own(newTopics(), young, { options: { identity: 'other' } })).rejects.toThrow(/other settings/);

    const logged = createMemoryState();
    await drain(newTopics(), logged, { options: { checkpointRecords: 1_000_000 } });
    const others = newTopics(EVENTS.map((event) => ({ ...event, customer: 'one' })));
    await expect(own(others, logged)).rejects.toThrow(/does not give the windows/);
    await expect(own(others, logged)).rejects.toBeInstanceOf(SegtideError);
  });

  it('forgets a customer on request, tells it, and knows it after a restart', async () => {
    const topics = createMemoryPartition(0, ['usage', 'forget-requests']);
    const options = { forgetTopic: 'forget-requests' };
    topics.append('usage', toRecords(EVENTS.filter(({ time }) => time < 12 * HOUR)));
    const state = createMemoryState();
    await drain(topics, state, { options });
    topics.append('forget-requests', [{ key: 'c7', value: '{}' }]);
    await drain(topics, state, { options });
    const rest = EVENTS.filter(({ time, customer }) => time >= 12 * HOUR && customer !== 'c7');
    topics.append('usage', toRecords(rest));
    await drain(topics, state, { options });
    const records = state.outputs.get('assignments')!.filter(({ key }) => key === 'c7');
    expect(records.map(({ value }) => value === null)).toEqual([false, true]);
  });

  it('does not answer for customers that it never knew, even before its first event', async () => {
    const topics = createMemoryPartition(0, ['usage', 'forget-requests']);
    topics.append('forget-requests', [{ key: 'c7', value: '{}' }]);
    const state = createMemoryState();
    await drain(topics, state, { options: { forgetTopic: 'forget-requests' } });
    topics.append('usage', toRecords(EVENTS.filter(({ time }) => time < 12 * HOUR)));
    await drain(topics, state, { options: { forgetTopic: 'forget-requests' } });
    const records = state.outputs.get('assignments')!.filter(({ key }) => key === 'c7');
    expect(records.map(({ value }) => value === null)).toEqual([false]);
  });

  it('sends what a customer taught before it tells that it is forgotten', async () => {
    const topics = createMemoryPartition(0, ['usage', 'forget-requests']);
    topics.append('usage', toRecords(EVENTS.filter(({ time }) => time < 12 * HOUR)));
    const state = createMemoryState();
    let learnt = 0;
    await drain(topics, state, {
      options: { forgetTopic: 'forget-requests', commitEveryMs: 600_000, maxCommitBytes: 1_000_000 },
      createLearner: () => ({
        learn: ({ series }) => {
          if (series.length === 0 || learnt++ > 0) return;
          topics.append('forget-requests', [{ key: 'c7', value: '{}' }]);
        },
        take: () => (learnt > 0 ? ({} as Lessons) : undefined),
        sequence: 0,
      }),
      toRecords: () => [['assignments', { key: 'lesson', value: '' }]],
    });
    expect(state.commits).toHaveLength(1);
    const keys = state.outputs.get('assignments')!.map(({ key }) => key);
    expect(keys.indexOf('lesson')).toBe(keys.lastIndexOf('c7') - 1);
  });
});
