import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../src/errors.js';
import { createTrainerMeter, type TrainerFigures } from '../../src/metrics/trainer-meter.js';
import { createWorkerMeter, type PartitionFigures } from '../../src/metrics/worker-meter.js';
import type { AssignedWindows } from '../../src/publish/assignment-record.js';
import type { WorkerOutputs } from '../../src/worker/publisher.js';

const CLOCK = { now: () => 10_000 };
const NO_SINK = { write: async () => undefined, flush: async () => undefined, close: async () => undefined };
const OUTPUTS: WorkerOutputs = { assignments: NO_SINK, transitions: NO_SINK, late: NO_SINK, deadLetters: NO_SINK };
const FIGURES: PartitionFigures = {
  windower: {
    watermark: 4000,
    counters: {
      customers: 3,
      peakCustomers: 3,
      evictedByTtl: 1,
      evictedByCap: 0,
      windows: 4,
      revisions: 0,
      incompleteWindows: 0,
      openWindows: 2,
      stateBytes: 700,
    },
  },
  lag: { records: 5, seconds: 2.5 },
  logEntries: 6,
  turnedAt: 9500,
  answeredAt: 7000,
};

/** Windows by the rows of their centroids. */
function assigned(segmentIds: readonly string[], nearest: readonly number[], modelVersion = 'v1'): AssignedWindows {
  const length = nearest.length;
  return {
    series: { length },
    previousSegmentIds: undefined,
    assignments: {
      length,
      model: { modelVersion, centroidEpoch: 7, k: segmentIds.length, segmentIds },
      nearest: Uint16Array.from(nearest),
      distances: Float32Array.from(nearest, () => 3),
      embeddings: { reconstructionErrors: Float32Array.from(nearest, () => 0.5) },
    },
  } as unknown as AssignedWindows;
}

async function lines(registry: Registry, name: string): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(name));
}

describe('the meter of a worker', () => {
  it('reads the figures of partitions when somebody scrapes', async () => {
    const registry = new Registry();
    const meter = createWorkerMeter(registry, CLOCK, () => 0);
    meter.partition('3', () => FIGURES);
    const text = await registry.metrics();
    for (const line of [
      'segtide_ingest_lag_records{partition="3"} 5',
      'segtide_ingest_processing_lag_seconds{partition="3"} 2.5',
      'segtide_window_watermark_delay_seconds{partition="3"} 6',
      'segtide_window_open_windows{partition="3"} 2',
      'segtide_window_customers{partition="3"} 3',
      'segtide_window_state_bytes{partition="3"} 700',
      'segtide_worker_log_entries{partition="3"} 6',
      'segtide_worker_since_turn_seconds{partition="3"} 0.5',
      'segtide_worker_since_answer_seconds{partition="3"} 3',
      'segtide_worker_partitions 1',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
  });

  it('counts windows, distances and errors batch by batch', async () => {
    const registry = new Registry();
    const sinks = createWorkerMeter(registry, CLOCK, () => 0)
      .partition('0', () => FIGURES)
      .outputs(OUTPUTS);
    await sinks.assignments.write(assigned(['s1', 's2'], [0, 0, 1]), 0);
    await sinks.assignments.write(assigned(['s1', 's2'], [1]), 0);
    expect(await lines(registry, 'segtide_cluster_')).toEqual([
      'segtide_cluster_assignments_total{segment="s1"} 2',
      'segtide_cluster_assignments_total{segment="s2"} 2',
      'segtide_cluster_squared_distance_total 36',
    ]);
    expect(await lines(registry, 'segtide_encode_reconstruction_error_total')).toEqual([
      'segtide_encode_reconstruction_error_total 2',
    ]);
    expect(await lines(registry, 'segtide_worker_model_info')).toEqual([
      'segtide_worker_model_info{model_version="v1"} 1',
    ]);
    expect(await lines(registry, 'segtide_worker_centroid_epoch')).toEqual(['segtide_worker_centroid_epoch 7']);
  });

  it('drops the series of a segment when no partition has it any more', async () => {
    const registry = new Registry();
    const meter = createWorkerMeter(registry, CLOCK, () => 0);
    const [first, second] = ['0', '1'].map((label) => meter.partition(label, () => FIGURES).outputs(OUTPUTS));
    await first!.assignments.write(assigned(['s1', 's2'], [0, 1]), 0);
    await second!.assignments.write(assigned(['s1', 's2'], [0, 1]), 0);
    await first!.assignments.write(assigned(['s1', 's3'], [0, 1], 'v2'), 0);
    expect((await lines(registry, 'segtide_cluster_assignments')).length).toBe(3);
    await second!.assignments.write(assigned(['s1', 's3'], [0], 'v2'), 0);
    expect(await lines(registry, 'segtide_cluster_assignments')).toEqual([
      'segtide_cluster_assignments_total{segment="s1"} 4',
      'segtide_cluster_assignments_total{segment="s3"} 1',
    ]);
  });

  it('times commits, and counts those that fail', async () => {
    const registry = new Registry();
    let now = 0;
    const meter = createWorkerMeter(registry, CLOCK, () => (now += 250));
    await meter.commit(async () => undefined);
    await expect(meter.commit(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await lines(registry, 'segtide_worker_commit_duration_seconds_sum')).toEqual([
      'segtide_worker_commit_duration_seconds_sum 0.25',
    ]);
    expect(await lines(registry, 'segtide_worker_commit_failures')).toEqual(['segtide_worker_commit_failures_total 1']);
  });

  it('is one for a registry, which has nothing left of it at its end', async () => {
    const registry = new Registry();
    const meter = createWorkerMeter(registry, CLOCK, () => 0);
    expect(() => createWorkerMeter(registry, CLOCK, () => 0)).toThrow(SegtideError);
    meter.close();
    expect(await registry.metrics()).toBe('\n');
    createWorkerMeter(registry, CLOCK, () => 0).close();
  });
});

const K = 50;
const PARTITIONS = 100;
const CHANNELS = 4;
const DIMENSIONS = 16;

/** A trainer of fifty segments, all of whose drift statistics were told. */
function largeTrainer(): TrainerFigures {
  const ids = Array.from({ length: K }, (_, j) => `s${j}`);
  const report = (layer: string, subject: string, statistic: string) => ({
    ...{ layer, subject, statistic, value: 1, threshold: 2, drifted: false },
  });
  const channels = Array.from({ length: CHANNELS }, (_, c) => [
    `c${c}`,
    ...[1, 2, 3, 4].map((q) => `c${c}:q${q}`),
  ]).flat();
  const last = [
    ...channels.flatMap((subject) =>
      ['psi', 'ks', 'jensenShannon', 'wasserstein'].map((s) => report('input', subject, s)),
    ),
    ...Array.from({ length: DIMENSIONS }, (_, m) =>
      ['ks', 'meanShift'].map((s) => report('embedding', `dim${m}`, s)),
    ).flat(),
    ...ids.flatMap((id) => [report('assignment', id, 'psi'), report('embedding', id, 'centroidShift')]),
  ];
  return {
    windows: 1,
    droppedStatistics: 0,
    outcomes: [{ failed: false, values: { churn: 0.1 } }],
    models: [{ status: 'champion', createdAt: 5000 }],
    segments: ids.map((segmentId) => ({ segmentId, name: `name of ${segmentId}`, advice: 'model' })),
    driftReports: { last, drifted: 0, reports: last.length },
    clusterModel: { modelVersion: 'v1', centroidEpoch: 1, k: K, weights: new Float64Array(K).fill(1), segmentIds: ids },
  } as unknown as TrainerFigures;
}

describe('the number of series', () => {
  it('is what the documentation says for fifty segments and a hundred partitions', async () => {
    const registry = new Registry();
    const meter = createWorkerMeter(registry, CLOCK, () => 0);
    const ids = Array.from({ length: K }, (_, j) => `s${j}`);
    for (let i = 0; i < PARTITIONS; i++) {
      const sinks = meter.partition(String(i), () => FIGURES).outputs(OUTPUTS);
      await sinks.assignments.write(
        assigned(
          ids,
          ids.map((_, j) => j),
        ),
        0,
      );
    }
    const count = async () => (await registry.metrics()).split('\n').filter((line) => /^segtide/.test(line)).length;
    const ofWorker = await count();
    expect(ofWorker).toBeLessThanOrEqual(9 * PARTITIONS + K + 2 + 56 + 71);

    createTrainerMeter(registry, CLOCK, () => 0).started(largeTrainer());
    const ofTrainer = (await count()) - ofWorker;
    expect(ofTrainer).toBeLessThanOrEqual(2 * K + 20 * CHANNELS + 2 * K + 2 * DIMENSIONS + 10 + 120);
    expect(ofTrainer).toBeGreaterThan(3 * K);
  });
});
