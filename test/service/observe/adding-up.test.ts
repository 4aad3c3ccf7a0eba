import { Registry } from 'prom-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveIngest } from '../../../src/ingest/ingest-settings.js';
import type { AssignmentRecord } from '../../../src/publish/assignment-record.js';
import { createHealth, type Health } from '../../../src/service/http/health.js';
import { createRoleObserver, type RoleObserver } from '../../../src/service/observe/role-observer.js';
import type { WorkerObserver } from '../../../src/service/observe/worker-observer.js';
import { createRecordBuffer } from '../../../src/service/record-buffer.js';
import { runTrainer } from '../../../src/service/trainer/run-trainer.js';
import { toLessonRecords } from '../../../src/service/worker/lesson-records.js';
import { createOutputBuffer } from '../../../src/service/worker/output-buffer.js';
import { type PartitionWorkerOptions, runPartition } from '../../../src/service/worker/partition-worker.js';
import { createModelAssembler } from '../../../src/train/model-assembler.js';
import { createRegistryReading } from '../../../src/train/registry-records.js';
import { createJsonValues } from '../../../src/transport/kafka/json-values.js';
import { createIntervalLearner } from '../../../src/worker/interval-learner.js';
import { createMemoryPartition } from '../../support/memory-partition.js';
import { createMemoryState } from '../../support/memory-store.js';
import { SMALL } from '../../support/small-models.js';
import { HOUR, smallSettings, smallStream, trainHere } from '../../support/small-stream.js';

const PARTITIONS = 4;
const MAPPING = resolveIngest({
  fields: { customer: 'id', time: 't' },
  channels: [{ name: 'value', field: 'v' }],
  time: { unit: 'ms' },
});
const EVENTS = smallStream(240, 8);
const HALF = EVENTS.findIndex(({ time }) => time >= 32 * HOUR);
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
  maxCommitBytes: 100_000,
  checkpointRecords: 100_000,
  checkpointEveryMs: 600_000,
};

interface Process {
  readonly registry: Registry;
  readonly health: Health;
  readonly observer: RoleObserver;
}

function start(): Process {
  const registry = new Registry();
  const health = createHealth();
  const observer = createRoleObserver({ registry, health, clock: CLOCK, stuckAfterMs: 60_000, debug: () => undefined });
  return { registry, health, observer };
}

const usage = Array.from({ length: PARTITIONS }, (_, i) => createMemoryPartition(i, ['usage']));
const states = usage.map(() => createMemoryState());
const lessons = createMemoryPartition(0, [TOPICS.samples, TOPICS.statistics, TOPICS.requests]);
const trainerState = createMemoryState();
const models = createModelAssembler();

/** Customers in their partitions, and a record in each that is none. */
function produce(from: number, to: number): void {
  for (const { customer, time, values } of EVENTS.slice(from, to)) {
    const partition = Number(customer.replace(/\D/g, '')) % PARTITIONS;
    usage[partition]!.append('usage', [
      { key: customer, value: JSON.stringify({ id: customer, t: time, v: values?.[0] ?? 1 }) },
    ]);
  }
  for (const topic of usage) topic.append('usage', [{ key: 'x', value: '{' }]);
}

/** One owner, until nothing waits any more; it keeps its partition. */
async function work(observer: WorkerObserver, i: number) {
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

/** The active trainer takes what was taught, until its model is out. */
async function train(process: Process) {
  for (const { outputs } of states) {
    for (const topic of [TOPICS.samples, TOPICS.statistics]) {
      for (const { key, value } of outputs.get(topic) ?? []) {
        lessons.append(topic, [{ key: String(key), value: value as Buffer }]);
      }
    }
  }
  const partition = lessons.assign();
  let now = 0;
  await runTrainer(
    { settings: smallSettings({ swapAfterWindows: undefined }).trainer, topics: TOPICS, commitEveryMs: 0 },
    process.observer.trainer().observe({
      partition,
      store: trainerState.open(),
      records: createRecordBuffer({ topicOf: (name) => name, format: 'json' }),
      clock: { now: () => (now += 10_000) },
      train: trainHere,
      readModels: async () => createRegistryReading(),
      isStopped: () => trainerState.outputs.has(TOPICS.models) && partition.waiting.length === 0,
      onRefused: (_, __, error) => {
        throw error;
      },
    }),
  );
  const published = trainerState.outputs.get(TOPICS.models) ?? [];
  models.take(published.map(({ key, value }) => ({ key, value: value as Buffer })));
  return partition;
}

interface Series {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

async function seriesOf({ registry }: Process, name: string): Promise<readonly Series[]> {
  const metric = await registry.getSingleMetric(name)?.get();
  return (metric?.values ?? []) as readonly Series[];
}

async function sum(processes: readonly Process[], name: string, labels: Series['labels'] = {}): Promise<number> {
  const all = (await Promise.all(processes.map((process) => seriesOf(process, name)))).flat();
  const wanted = all.filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value));
  return wanted.reduce((total, { value }) => total + value, 0);
}

const records = (topic: string) =>
  states.flatMap(({ outputs }) => (outputs.get(topic) ?? []).map(({ value }) => JSON.parse(String(value))));

describe('metrics of four workers, a trainer and a standby', () => {
  const workers = Array.from({ length: PARTITIONS }, start);
  const observers = workers.map(({ observer }) => observer.worker());
  const active = start();
  const standby = start();
  const all = [...workers, active, standby];
  let owned: Awaited<ReturnType<typeof work>>[];
  let training: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    standby.observer.trainer().idle();
    produce(0, HALF);
    owned = await Promise.all(observers.map(work));
    for (const partition of owned) partition.revoke();
    training = await train(active);
    produce(HALF, EVENTS.length);
    owned = await Promise.all(observers.map(work));
  });

  it('count each event and window once', async () => {
    const name = 'segtide_ingest_events_total';
    expect(await sum(all, name)).toBe(EVENTS.length + 2 * PARTITIONS);
    expect(await sum(all, name, { fate: 'dead_lettered' })).toBe(2 * PARTITIONS);
    expect(await sum(all, name, { fate: 'late' })).toBe(records('late').length);
    expect(await sum(all, 'segtide_ingest_dead_letters_total', { reason: 'unreadable' })).toBe(2 * PARTITIONS);
    const assignments = records('assignments') as AssignmentRecord[];
    for (const status of ['warming', 'assigned']) {
      const expected = assignments.filter((one) => one.status === status);
      expect(expected.length).toBeGreaterThan(100);
      expect(await sum(all, 'segtide_publish_windows_total', { status })).toBe(expected.length);
    }
    expect(await sum(all, 'segtide_publish_transitions_total')).toBe(records('transitions').length);
    expect(await sum(all, 'segtide_publish_alerts_total')).toBe(records('alerts').length);
  });

  it('tell the sizes of segments, and what windows are like', async () => {
    const assigned = (records('assignments') as AssignmentRecord[]).filter(({ segmentId }) => segmentId !== null);
    for (const segment of new Set(assigned.map(({ segmentId }) => segmentId!))) {
      const expected = assigned.filter(({ segmentId }) => segmentId === segment).length;
      expect(await sum(all, 'segtide_cluster_assignments_total', { segment })).toBe(expected);
    }
    const error = assigned.reduce((total, { reconstructionError }) => total + reconstructionError!, 0);
    expect(await sum(all, 'segtide_encode_reconstruction_error_total')).toBeCloseTo(error, 3);
    const squares = assigned.reduce((total, { distance }) => total + distance! ** 2, 0);
    expect(await sum(all, 'segtide_cluster_squared_distance_total')).toBeCloseTo(squares, 3);
  });

  it('tell figures of a partition by its owner alone', async () => {
    for (const name of ['segtide_window_customers', 'segtide_window_watermark_delay_seconds']) {
      const partitions = (await Promise.all(all.map((process) => seriesOf(process, name)))).flat();
      expect(partitions.map(({ labels }) => labels.partition).sort()).toEqual(['0', '1', '2', '3']);
    }
    expect(await sum(all, 'segtide_window_customers')).toBe(240);
    expect(await sum(all, 'segtide_worker_partitions')).toBe(PARTITIONS);
    // The watermark waits five minutes for the disorder, and the clock is an hour ahead of the last event.
    const delays = await seriesOf(workers[0]!, 'segtide_window_watermark_delay_seconds');
    expect(delays[0]!.value).toBeGreaterThanOrEqual(3600);
    expect(delays[0]!.value).toBeLessThan(2 * 3600);
  });

  it('tell figures of the deployment by the active trainer alone', async () => {
    const taught = (records('assignments') as AssignmentRecord[]).filter(
      ({ status, final, revision }) => status === 'warming' && final && revision === 0,
    );
    expect(await sum(all, 'segtide_trainer_windows_total')).toBe(taught.length);
    expect(await sum(all, 'segtide_trainer_active')).toBe(1);
    expect(await sum(all, 'segtide_segment_share_ratio')).toBeCloseTo(1);
    expect((await seriesOf(active, 'segtide_segment_info')).map(({ labels }) => labels.segment).sort()).toEqual([
      's1',
      's2',
      's3',
    ]);
    expect(await sum(all, 'segtide_train_model_events_total', { event: 'promoted' })).toBe(1);
    for (const process of [standby, ...workers])
      expect(process.registry.getSingleMetric('segtide_model_info')).toBe(undefined);
    const inUse = await Promise.all(workers.map((worker) => seriesOf(worker, 'segtide_worker_model_info')));
    const version = (await seriesOf(active, 'segtide_model_info'))[0]!.labels.model_version;
    expect(inUse.flat().map(({ labels }) => labels.model_version)).toEqual(Array(PARTITIONS).fill(version));
  });

  it('name no customer', async () => {
    for (const { registry } of all) expect(await registry.metrics()).not.toMatch(/"c\d+"/);
  });

  it('end with the assignment, while counts stay', async () => {
    const before = await sum(all, 'segtide_ingest_events_total');
    owned[0]!.revoke();
    training.revoke();
    expect(await seriesOf(workers[0]!, 'segtide_window_customers')).toEqual([]);
    expect(await seriesOf(workers[0]!, 'segtide_cluster_assignments_total')).toEqual([]);
    expect(await sum(all, 'segtide_worker_partitions')).toBe(PARTITIONS - 1);
    expect(await sum(all, 'segtide_ingest_events_total')).toBe(before);
    expect(active.registry.getSingleMetric('segtide_model_info')).toBe(undefined);
  });
});
