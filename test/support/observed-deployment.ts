import { Registry } from 'prom-client';
import { resolveIngest } from '../../src/ingest/ingest-settings.js';
import { createHealth, type Health } from '../../src/service/http/health.js';
import { createRoleObserver, type RoleObserver } from '../../src/service/observe/role-observer.js';
import type { WorkerObserver } from '../../src/service/observe/worker-observer.js';
import { createRecordBuffer } from '../../src/service/record-buffer.js';
import { runTrainer } from '../../src/service/trainer/run-trainer.js';
import { toLessonRecords } from '../../src/service/worker/lesson-records.js';
import { createOutputBuffer } from '../../src/service/worker/output-buffer.js';
import { type PartitionWorkerOptions, runPartition } from '../../src/service/worker/partition-worker.js';
import { createModelAssembler } from '../../src/train/model-assembler.js';
import { createRegistryReading } from '../../src/train/registry-records.js';
import { createJsonValues } from '../../src/transport/kafka/json-values.js';
import { createIntervalLearner } from '../../src/worker/interval-learner.js';
import { createMemoryPartition } from './memory-partition.js';
import { createMemoryState } from './memory-store.js';
import { SMALL } from './small-models.js';
import { HOUR, smallSettings, smallStream, trainHere } from './small-stream.js';

export const PARTITIONS = 4;
const MAPPING = resolveIngest({
  fields: { customer: 'id', time: 't', label: 'kind' },
  channels: [{ name: 'value', field: 'v' }],
  time: { unit: 'ms' },
});
export const EVENTS = smallStream(240, 8);
export const HALF = EVENTS.findIndex(({ time }) => time >= 32 * HOUR);
const END = EVENTS.at(-1)!.time;
const CLOCK = { now: () => END + HOUR };
const TOPICS = { samples: 'samples', statistics: 'statistics', models: 'models', requests: 'requests' };
const OPTIONS: PartitionWorkerOptions = {
  segmentation: SMALL,
  identity: 'small',
  partitions: PARTITIONS,
  keyed: 'trust',
  maxBatchBytes: 20_000,
  idleMs: 20,
  topicIdleMs: 50,
  maxAheadMs: HOUR,
  commitEveryMs: 1,
  maxCommitBytes: 8000,
  checkpointRecords: 100_000,
  checkpointEveryMs: 600_000,
};

/** What one process of a deployment shows. */
export interface Process {
  readonly registry: Registry;
  readonly health: Health;
  readonly observer: RoleObserver;
}

export function start(): Process {
  const registry = new Registry();
  const health = createHealth();
  const observer = createRoleObserver({ registry, health, clock: CLOCK, stuckAfterMs: 60_000, debug: () => undefined });
  return { registry, health, observer };
}

/** One deployment in memory: what its processes share. */
const usage = Array.from({ length: PARTITIONS }, (_, i) => createMemoryPartition(i, ['usage']));
export const states = usage.map(() => createMemoryState());
const lessons = createMemoryPartition(0, [TOPICS.samples, TOPICS.statistics, TOPICS.requests]);
export const trainerState = createMemoryState();
const models = createModelAssembler();

/** Next offset of each partition of the input. */
export const ends = async () => new Map([['usage', new Map(written.map((count, i) => [i, BigInt(count)]))]]);
const written: number[] = Array(PARTITIONS).fill(0);

/** What is known of a customer; null of every fifth. */
export function kindOf(customer: string): string | null {
  const number = Number(customer.replace(/\D/g, ''));
  return number % 5 === 0 ? null : `kind ${number % 3}`;
}

/** Customers in their partitions, and a record in each that is none. */
export function produce(from: number, to: number, headers: Record<string, string> = {}): void {
  for (const { customer, time, values } of EVENTS.slice(from, to)) {
    const partition = Number(customer.replace(/\D/g, '')) % PARTITIONS;
    written[partition]!++;
    usage[partition]!.append('usage', [
      {
        key: customer,
        value: JSON.stringify({ id: customer, t: time, v: values?.[0] ?? 1, kind: kindOf(customer) }),
        headers,
      },
    ]);
  }
  for (const [i, topic] of usage.entries()) {
    written[i]!++;
    topic.append('usage', [{ key: 'x', value: '{' }]);
  }
}

/** One owner, until nothing waits any more; it keeps its partition. */
export async function work(observer: Pick<WorkerObserver, 'observe'>, i: number) {
  const partition = usage[i]!.assign();
  let idle = 0;
  const parts = observer.observe({
    partition,
    store: states[i]!.open(),
    values: createJsonValues(MAPPING),
    outputs: await createOutputBuffer({ topicOf: (name) => name, format: 'json', embeddings: false, alerts: true }),
    createLearner: (sequence) =>
      createIntervalLearner({ partition: i, sequence, quota: 100, steps: 8, channels: 1, seed: 1 }),
    toRecords: (taught) => toLessonRecords(taught, TOPICS),
    toForgotten: () => [],
    models: () => models.models,
    onModelRefused: (_, error) => {
      throw error;
    },
    clock: CLOCK,
    isStopped: () => partition.started && partition.waiting.length === 0 && ++idle > 30,
  });
  await runPartition(OPTIONS, parts);
  return partition;
}

/** Lessons that the trainer was given, by topic and worker. */
const taught = new Map<string, number>();

/** The active trainer takes what was taught since, until its model is out. */
export async function train({ observer }: { readonly observer: Pick<RoleObserver, 'trainer'> }) {
  for (const topic of [TOPICS.samples, TOPICS.statistics]) {
    const fresh = states.map(({ outputs }, i) => {
      const all = outputs.get(topic) ?? [];
      const from = taught.get(`${topic}/${i}`) ?? 0;
      taught.set(`${topic}/${i}`, all.length);
      return all.slice(from);
    });
    // Workers that keep step send their lessons in turns.
    for (let next = 0; next < Math.max(...fresh.map(({ length }) => length)); next++) {
      for (const record of fresh.flatMap((of) => of.slice(next, next + 1))) {
        lessons.append(topic, [{ key: String(record.key), value: record.value as Buffer }]);
      }
    }
  }
  const partition = lessons.assign();
  let now = 0;
  await runTrainer(
    { settings: smallSettings({ swapAfterWindows: undefined }).trainer, topics: TOPICS, commitEveryMs: 0 },
    observer.trainer().observe({
      partition,
      store: trainerState.open(),
      records: createRecordBuffer({ topicOf: (name) => name, format: 'json' }),
      clock: { now: () => (now += 10_000) },
      train: trainHere,
      readModels: async () => createRegistryReading(),
      isStopped: () => trainerState.outputs.has(TOPICS.models) && partition.waiting.length === 0,
      onRefused: (_, error) => {
        throw error;
      },
    }),
  );
  const published = trainerState.outputs.get(TOPICS.models) ?? [];
  models.take(published.map(({ key, value }) => ({ key, value: value as Buffer })));
  return partition;
}
