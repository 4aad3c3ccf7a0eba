import { beforeAll, describe, expect, it } from 'vitest';
import type { AssignmentRecord } from '../../../src/publish/assignment-record.js';
import {
  EVENTS,
  HALF,
  PARTITIONS,
  type Process,
  produce,
  start,
  states,
  train,
  work,
} from '../../support/observed-deployment.js';

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
