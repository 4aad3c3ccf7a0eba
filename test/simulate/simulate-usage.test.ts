import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { simulateUsage } from '../../src/simulate/simulate-usage.js';
import type { SimulationManifest } from '../../src/simulate/simulation-manifest.js';
import { DAY_MS, type SimulationOptions } from '../../src/simulate/simulation-options.js';

interface Usage {
  readonly customerId: string;
  readonly eventId: string;
  readonly timestamp: number;
  readonly value: number;
}

function readAll(options: SimulationOptions): { bytes: Buffer; manifest: SimulationManifest } {
  const simulation = simulateUsage(options);
  const bytes = Buffer.concat([...simulation.events]);
  return { bytes, manifest: simulation.manifest() };
}

/** Lines by what a reader that knows nothing of the simulation can tell about them. */
function recount(bytes: Buffer, manifest: SimulationManifest) {
  const { outOfOrderMs, lateMs, futureMs } = manifest.settings;
  const counts = { cut: 0, missing: 0, notANumber: 0, seconds: 0, notUtf8: 0, future: 0, duplicates: 0, late: 0 };
  const order = { inTime: 0, outOfOrder: 0, mostBehindMs: 0, sumInTime: 0, between: 0 };
  const ids = new Set<string>();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let latest = manifest.settings.start;
  let records = 0;
  for (let from = 0, to = bytes.indexOf(10); to >= 0; from = to + 1, to = bytes.indexOf(10, from)) {
    records++;
    let text: string;
    try {
      text = decoder.decode(bytes.subarray(from, to));
    } catch {
      counts.notUtf8++;
      continue;
    }
    if (text.endsWith('"value":NaN}')) counts.notANumber++;
    else if (!text.endsWith('}')) counts.cut++;
    else {
      const event = JSON.parse(text) as Usage;
      const behind = latest - event.timestamp;
      if (event.timestamp === undefined) counts.missing++;
      else if (event.timestamp < 1e11) counts.seconds++;
      else if (behind < -futureMs / 2) counts.future++;
      else if (ids.has(event.eventId)) {
        counts.duplicates++;
        order.mostBehindMs = Math.max(order.mostBehindMs, behind);
      } else {
        ids.add(event.eventId);
        if (behind >= lateMs) counts.late++;
        else {
          order.inTime++;
          order.sumInTime += event.value;
          if (behind > 0) order.outOfOrder++;
          if (behind > outOfOrderMs) order.between++;
          order.mostBehindMs = Math.max(order.mostBehindMs, behind);
          latest = Math.max(latest, event.timestamp);
        }
      }
    }
  }
  return { records, ...counts, ...order };
}

const small: SimulationOptions = { customers: 200, days: 14 };

describe('simulateUsage', () => {
  it('gives the same bytes for the same seed, and others for another', () => {
    const hash = (options: SimulationOptions) => createHash('sha256').update(readAll(options).bytes).digest('hex');
    expect(hash({ ...small, seed: 3 })).toBe(hash({ ...small, seed: 3 }));
    expect(hash({ ...small, seed: 3 })).not.toBe(hash({ ...small, seed: 4 }));
  });

  it('gives whole records in each chunk', () => {
    let chunks = 0;
    for (const chunk of simulateUsage(small).events) {
      expect(chunk.at(-1)).toBe(10);
      chunks++;
    }
    expect(chunks).toBeGreaterThan(1);
  });

  it('accounts for every record it writes', () => {
    const { bytes, manifest } = readAll({
      customers: 300,
      days: 28,
      lateShare: 0.01,
      duplicateShare: 0.01,
      corruptShare: 0.02,
      futureShare: 0.005,
    });
    const found = recount(bytes, manifest);
    expect(found).toMatchObject({
      records: manifest.records,
      ...manifest.corruptions,
      future: manifest.future,
      duplicates: manifest.duplicates,
      late: manifest.late,
      inTime: manifest.inTime,
      outOfOrder: manifest.outOfOrder,
      mostBehindMs: manifest.mostOutOfOrderMs,
      between: 0, // nothing is both behind the bound and not late
    });
    expect(found.sumInTime).toBeCloseTo(manifest.sumInTime, 3);
    expect(bytes.length).toBe(manifest.bytes);
    expect(manifest.records).toBe(manifest.events + manifest.duplicates + manifest.corrupt + manifest.future);
    expect(manifest.events).toBe(manifest.inTime + manifest.late);
    for (const count of [manifest.late, manifest.duplicates, manifest.future, ...Object.values(manifest.corruptions)]) {
      expect(count).toBeGreaterThan(20);
    }
    expect(manifest.mostOutOfOrderMs).toBeLessThanOrEqual(300_000);
    expect(manifest.mostOutOfOrderMs).toBeGreaterThan(270_000);
  });

  it('plants shares as large as it was told', () => {
    const { manifest } = readAll({ customers: 500, days: 28, lateShare: 0.02, lateMs: DAY_MS, corruptShare: 0.03 });
    expect(manifest.records).toBeGreaterThan(50_000);
    expect(manifest.corrupt / manifest.records).toBeCloseTo(0.03, 2);
    expect(manifest.late / manifest.records).toBeCloseTo((0.02 * 27) / 28, 2);
    expect(manifest.outOfOrder / manifest.records).toBeCloseTo(0.2, 1);
  });

  it('spoils nothing when all shares are 0', () => {
    const { bytes, manifest } = readAll({
      ...small,
      outOfOrderShare: 0,
      lateShare: 0,
      duplicateShare: 0,
      corruptShare: 0,
      futureShare: 0,
    });
    const times = bytes
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Usage).timestamp);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(manifest).toMatchObject({ outOfOrder: 0, late: 0, duplicates: 0, corrupt: 0, future: 0 });
    expect(manifest.inTime).toBe(times.length);
    expect(manifest.firstEventTime).toBe(times[0]);
    expect(manifest.lastEventTime).toBe(times.at(-1));
  });

  it('leaves the usage as it was when other shares of it are spoilt', () => {
    const lines = (options: SimulationOptions) =>
      readAll({ ...small, corruptShare: 0, futureShare: 0, duplicateShare: 0, lateShare: 0, ...options })
        .bytes.toString()
        .trimEnd()
        .split('\n')
        .sort();
    expect(lines({ outOfOrderShare: 0 })).toEqual(lines({ outOfOrderShare: 0.5 }));
  });

  it('stays within [start, start + days), rate and number of customers', () => {
    const start = Date.UTC(2024, 1, 26);
    const { manifest } = readAll({ customers: 500, days: 28, rate: 10, start, segments: { flat: 1, weekday: 1 } });
    expect(manifest.firstEventTime).toBeGreaterThanOrEqual(start);
    expect(manifest.lastEventTime).toBeLessThan(start + 28 * DAY_MS);
    expect(manifest.records / (500 * 28)).toBeGreaterThan(9);
    expect(manifest.records / (500 * 28)).toBeLessThan(11);
    expect(manifest.activeCustomers).toBe(500);
    expect(manifest.segments).toMatchObject({ flat: 250, weekday: 250, bursty: 0 });
    expect(manifest.sumInTime / manifest.inTime).toBeCloseTo(1, 1);
  });

  it('has an answer for next to no usage', () => {
    const { bytes, manifest } = readAll({ customers: 1, days: 1, rate: 1e-9 });
    expect(bytes).toHaveLength(0);
    expect(manifest).toMatchObject({ records: 0, firstEventTime: 0, lastEventTime: 0, activeCustomers: 0 });
  });
});
