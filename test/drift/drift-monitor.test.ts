import { describe, expect, it } from 'vitest';
import { assign } from '../../src/cluster/assign.js';
import type { ClusterModel } from '../../src/cluster/cluster-model.js';
import { createDriftMonitor, type DriftMonitor } from '../../src/drift/drift-monitor.js';
import { type DriftObservation, mergeObservations, toDriftObservation } from '../../src/drift/drift-observation.js';
import { driftReason } from '../../src/drift/drift-reason.js';
import type { DriftReport } from '../../src/drift/drift-report.js';
import { type DriftOptions, resolveDriftOptions } from '../../src/drift/drift-settings.js';
import { createRandom, type Random } from '../../src/numeric/random.js';
import { clusterModelOf, embeddingsOf, windowsOf } from '../cluster/embeddings.js';

const model = clusterModelOf([[0], [10]], { meanInertia: 1 });

interface Shape {
  /** Share of windows in the second segment. */
  readonly second?: number;
  readonly usage?: number;
  readonly error?: number;
  readonly model?: ClusterModel;
  readonly fields?: Parameters<typeof windowsOf>[1];
}

function observation(random: Random, from: number, n: number, shape: Shape = {}): DriftObservation {
  const { second = 0.5, usage = 5, error = 0.1 } = shape;
  const starts = Float64Array.from({ length: n }, (_, i) => from + i);
  const windows = windowsOf(n, {
    starts,
    ends: starts.map((start) => start + 1),
    values: Float32Array.from({ length: n }, () => usage * Math.exp(0.5 * random.normal())),
    ...shape.fields,
  });
  const rows = Array.from({ length: n }, () => [(random.next() < second ? 10 : 0) + random.normal()]);
  const errors = Float32Array.from({ length: n }, () => error * (0.5 + random.next()));
  return toDriftObservation(assign(shape.model ?? model, embeddingsOf(rows, windows, errors)));
}

const options: DriftOptions = { everyWindows: 1_000, everyMs: 1e9, referenceWindows: 1_000, minWindows: 200 };

function feed(
  monitor: DriftMonitor,
  random: Random,
  rounds: number,
  from: number,
  shape?: Shape,
): readonly DriftReport[] {
  const reports: DriftReport[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = from + 1_000 * round;
    for (let part = 0; part < 4; part++) {
      monitor.observe(observation(random, start + 250 * part, 250, shape), shape?.model ?? model);
      reports.push(...monitor.report(start + 250 * part + 250, part === 3));
    }
  }
  return reports;
}

const drifted = (reports: readonly DriftReport[]): readonly string[] => [
  ...new Set(reports.filter((r) => r.drifted).map((r) => `${r.layer}/${r.subject}/${r.statistic}`)),
];

const monitorOf = (extra: DriftOptions = {}): DriftMonitor =>
  createDriftMonitor(resolveDriftOptions({ ...options, ...extra }, ['minutes']));

describe('createDriftMonitor', () => {
  it('is quiet on a stream that does not change', () => {
    for (let seed = 0; seed < 3; seed++) {
      const reports = feed(monitorOf(), createRandom(seed), 20, 0);
      expect(reports.length).toBe(19 * 19);
      expect(drifted(reports)).toEqual([]);
      expect(new Set(reports.map((r) => r.action))).toEqual(new Set(['none']));
    }
  });

  it('names the layer that moved and no other', () => {
    const random = createRandom(1);
    const cases: readonly [Shape, readonly string[]][] = [
      [{ second: 0.85 }, ['assignment/all/psi', 'assignment/all/jensenShannon', 'assignment/s1/psi']],
      [
        { usage: 12 },
        [
          'input/minutes/psi',
          'input/minutes/ks',
          'input/minutes/jensenShannon',
          // Windows of one step have no quarters to tell apart.
          'input/minutes/wasserstein',
        ],
      ],
      // The watch does not wait for the round.
      [{ error: 0.2 }, ['model/all/change', 'model/all/reconstructionError']],
      [
        { model: clusterModelOf([[0], [12]], { meanInertia: 1, centroidEpoch: 3 }) },
        ['embedding/all/change', 'embedding/all/centroidShift', 'embedding/s2/centroidShift', 'embedding/all/distance'],
      ],
    ];
    for (const [shape, expected] of cases) {
      const monitor = monitorOf();
      feed(monitor, random, 2, 0);
      expect(drifted(feed(monitor, random, 1, 2_000, shape))).toEqual(expected);
    }
  });

  it('takes from the first round how many change segment, where the reference can not tell', () => {
    const random = createRandom(3);
    const monitor = monitorOf();
    monitor.rebase({ observation: observation(random, 0, 1_000), model });
    const movesOf = (round: number, moved: number): readonly DriftReport[] => {
      const start = 1_000 * (round + 1);
      monitor.observe({ ...observation(random, start, 1_000), returning: 900, moved }, model);
      return monitor.report(start + 1_000, true).filter(({ statistic }) => statistic === 'moves');
    };
    expect(movesOf(0, 45)).toEqual([]);
    expect(movesOf(1, 54).map(({ value, drifted }) => [value, drifted])).toEqual([[expect.closeTo(0.01), false]]);
    expect(movesOf(2, 180).map(({ value, drifted }) => [value, drifted])).toEqual([[expect.closeTo(0.15), true]]);
  });

  it('fills every field of a report', () => {
    const monitor = monitorOf();
    const random = createRandom(2);
    feed(monitor, random, 1, 0);
    const reports = feed(monitor, random, 1, 5_000, { second: 0.95 });
    const shares = reports.find((r) => r.layer === 'assignment' && r.subject === 'all')!;
    expect(shares).toEqual({
      reportId: 'd1-assignment-all-psi',
      layer: 'assignment',
      subject: 'all',
      statistic: 'psi',
      value: shares.value,
      threshold: 0.2,
      pValue: null,
      drifted: true,
      severity: 'high',
      rank: 1,
      since: 5_000,
      referenceStart: 0,
      referenceEnd: 1_000,
      currentStart: 5_000,
      currentEnd: 6_000,
      nReference: 1_000,
      nCurrent: 1_000,
      referenceModelVersion: 'v1',
      modelVersion: 'v1',
      action: 'none',
    });
    expect(new Set(reports.map((r) => r.reportId)).size).toBe(reports.length);
    const parts = reports.filter((r) => r.layer === 'assignment' && r.subject !== 'all');
    expect(parts.reduce((sum, r) => sum + r.value, 0)).toBeCloseTo(shares.value, 12);
    expect(parts.map((r) => r.rank).sort()).toEqual([2, 3]);
    expect(driftReason(shares)).toMatch(/^drift in assignment: psi \d\.\d{3}, threshold 0.2$/);
  });

  it('keeps since from the first round of a drift to its end', () => {
    const monitor = monitorOf();
    const random = createRandom(3);
    feed(monitor, random, 1, 0);
    const reports = [...feed(monitor, random, 3, 1_000, { second: 0.9 }), ...feed(monitor, random, 1, 4_000)].filter(
      (r) => r.layer === 'assignment' && r.subject === 'all' && r.statistic === 'psi',
    );
    expect(reports.map((r) => r.since)).toEqual([1_000, 1_000, 1_000, null]);
  });

  it('asks for a retraining once, and suppresses it while the last one cools down', () => {
    const monitor = monitorOf({ cooldownWindows: 2_000 });
    const random = createRandom(4);
    feed(monitor, random, 1, 0);
    const reports = feed(monitor, random, 4, 1_000, { error: 0.3 }).filter(
      (r) => r.statistic === 'reconstructionError',
    );
    expect(reports.map((r) => r.action)).toEqual(['retrain', 'suppressed', 'retrain', 'suppressed']);
  });

  it('starts a new reference when another model takes over', () => {
    const monitor = monitorOf();
    const random = createRandom(5);
    feed(monitor, random, 2, 0);
    const next = clusterModelOf([[0], [10]], { modelVersion: 'v2' });
    const reports = feed(monitor, random, 2, 2_000, { second: 0.95, model: next });
    expect(drifted(reports)).toEqual([]);
    expect(reports[0]).toMatchObject({ referenceModelVersion: 'v2', modelVersion: 'v2', referenceStart: 2_000 });
  });

  it('compares with given windows after a rebase', () => {
    const monitor = monitorOf();
    const random = createRandom(6);
    monitor.rebase({ observation: observation(random, 0, 1_000, { second: 0.1 }), model });
    expect(drifted(feed(monitor, random, 1, 5_000))).toContain('assignment/all/psi');
  });

  it('reports once enough windows are in, or enough event time went by, but not on too few windows', () => {
    const random = createRandom(7);
    const byCount = monitorOf({ everyMs: 1e9 });
    const byTime = monitorOf({ everyWindows: 1e9, everyMs: 500 });
    const rounds: Record<string, number[]> = { byCount: [], byTime: [] };
    for (let i = 0; i < 12; i++) {
      for (const [name, monitor] of Object.entries({ byCount, byTime })) {
        monitor.observe(observation(random, i * 250, i === 8 ? 100 : 250), model);
        const [report] = monitor.report(i * 250);
        if (report !== undefined) rounds[name]!.push(report.nCurrent);
      }
    }
    // The reference takes waves 0 to 3; a wave counts from when the next one begins.
    expect(rounds).toEqual({ byCount: [1_000], byTime: [500, 500, 350] });
    byCount.observe(observation(random, 3_000, 50), model);
    expect(byCount.report(3_000, true)[0]).toMatchObject({ nCurrent: 900 });
    byCount.observe(observation(random, 4_000, 199), model);
    expect(byCount.report(4_000, true)).toEqual([]);
  });

  it('compares whole waves only: the oldest customers come first in each', () => {
    const random = createRandom(11);
    const monitor = monitorOf({ everyWindows: 300, everyMs: 1e9 });
    const reports: DriftReport[] = [];
    for (let wave = 0; wave < 12; wave++) {
      for (const second of [0.1, 0.3, 0.7, 0.9]) {
        const fields = { ends: new Float64Array(150).fill(wave) };
        monitor.observe(observation(random, wave, 150, { second, fields }), model);
        reports.push(...monitor.report(wave));
      }
    }
    expect(reports[0]).toMatchObject({ nReference: 1_200, nCurrent: 600 });
    expect(drifted(reports)).toEqual([]);
  });

  it('passes over the wave that a new model found half done', () => {
    const random = createRandom(12);
    const monitor = monitorOf();
    const next = clusterModelOf([[0], [10]], { modelVersion: 'v2' });
    const fields = { ends: new Float64Array(600).fill(7) };
    monitor.observe(observation(random, 0, 600, { fields }), model);
    monitor.observe(observation(random, 0, 600, { fields, model: next }), next);
    for (const end of [8, 9, 10]) {
      const later = { ends: new Float64Array(600).fill(end) };
      monitor.observe(observation(random, 0, 600, { fields: later, model: next }), next);
    }
    const [report] = monitor.report(10, true);
    expect(report).toMatchObject({ nReference: 1_200, referenceEnd: 9, nCurrent: 600, currentEnd: 10 });
  });

  it('waits for a reference that spans the time it is told to', () => {
    const random = createRandom(8);
    const reports = feed(monitorOf({ referenceMs: 3_000 }), random, 5, 0);
    expect(reports[0]).toMatchObject({ nReference: 3_000, referenceEnd: 3_000, currentStart: 3_000 });
  });

  it('goes on from a snapshot as if it had never stopped', () => {
    for (let stop = 0; stop < 8; stop++) {
      const [a, b] = [createRandom(9), createRandom(9)];
      const whole = monitorOf();
      let resumed = monitorOf();
      for (let step = 0; step < 8; step++) {
        const settings = resolveDriftOptions(options, ['minutes']);
        if (step === stop) resumed = createDriftMonitor(settings, structuredClone(resumed.snapshot()));
        const shape = step > 3 ? { error: 0.3, second: 0.9 } : {};
        whole.observe(observation(a, step * 500, 500, shape), model);
        resumed.observe(observation(b, step * 500, 500, shape), model);
        expect(resumed.report(step * 500)).toEqual(whole.report(step * 500));
      }
      expect(resumed.snapshot()).toEqual(whole.snapshot());
    }
  });

  it('refuses a snapshot of other channels, and options out of range', () => {
    const monitor = monitorOf();
    feed(monitor, createRandom(1), 1, 0);
    expect(() => createDriftMonitor(resolveDriftOptions({}, ['a', 'b']), monitor.snapshot())).toThrow(/other settings/);
    expect(() => resolveDriftOptions({ thresholds: { psi: 0 } }, [])).toThrow(/thresholds.psi/);
    expect(() => resolveDriftOptions({ everyWindows: -1 }, [])).toThrow(/everyWindows/);
  });
});

describe('toDriftObservation', () => {
  it('counts first results of closed windows only, and known cells only', () => {
    const got = observation(createRandom(1), 0, 4, {
      fields: {
        finals: Uint8Array.of(1, 0, 1, 1),
        revisions: Uint16Array.of(0, 0, 1, 0),
        mask: Uint8Array.of(0, 0, 0, 2),
      },
    });
    expect([got.windows, got.start, got.end, got.cells[0]!.count, got.distances.count]).toEqual([2, 0, 4, 1, 2]);
  });

  it('merges in any order to the same as one batch', () => {
    const batches = [0, 1, 2].map((i) => observation(createRandom(i), i * 10, 10));
    const [a, b, c] = batches as [DriftObservation, DriftObservation, DriftObservation];
    const one = mergeObservations(mergeObservations(a, b), c);
    const other = mergeObservations(c, mergeObservations(b, a));
    expect(other.cells[0]!.counts).toEqual(one.cells[0]!.counts);
    expect(other.segmentCounts).toEqual(one.segmentCounts);
    expect(other.cells[0]!.sum).toBeCloseTo(one.cells[0]!.sum, 9);
    expect([one.windows, one.start, one.end]).toEqual([30, 0, 30]);
    expect(() => mergeObservations(a, { ...b, modelVersion: 'v2' })).toThrow(/v1 and v2/);
  });
});
