import { beforeAll, describe, expect, it } from 'vitest';
import { simulateUsage } from '../../src/simulate/simulate-usage.js';
import { DAY_MS, type PlantedDrift } from '../../src/simulate/simulation-options.js';
import type { UsageSegment } from '../../src/simulate/usage-segment.js';

const START = Date.UTC(2024, 0, 1); // a Monday
const HOUR_MS = 3_600_000;

/** Events per label span (segment and cause), by hour since the start. */
function countByLabel(
  customers: number,
  days: number,
  drift: PlantedDrift[],
  segments?: { [s in UsageSegment]?: number },
) {
  const simulation = simulateUsage({
    customers,
    days,
    drift,
    ...(segments && { segments }),
    corruptShare: 0,
    futureShare: 0,
    duplicateShare: 0,
    seed: 11,
  });
  const labels = new Map<string, { name: string; from: number; to: number }[]>();
  const members = new Map<string, number>();
  for (const { customerId, segment, from, to, cause } of simulation.labels) {
    const name = cause === 'start' ? segment : `${segment} after ${cause}`;
    const spans = labels.get(customerId) ?? [];
    spans.push({ name, from, to });
    labels.set(customerId, spans);
    members.set(name, (members.get(name) ?? 0) + 1);
  }
  const hours = new Map<string, Float64Array>();
  const byDay = new Map<string, Float64Array>();
  for (const chunk of simulation.events) {
    for (const line of Buffer.from(chunk).toString().trimEnd().split('\n')) {
      const { customerId, timestamp } = JSON.parse(line) as { customerId: string; timestamp: number };
      const { name } = labels.get(customerId)!.find(({ from, to }) => timestamp >= from && timestamp < to)!;
      if (!hours.has(name)) hours.set(name, new Float64Array(days * 24));
      hours.get(name)![Math.floor((timestamp - START) / HOUR_MS)]!++;
      if (!byDay.has(customerId)) byDay.set(customerId, new Float64Array(days));
      byDay.get(customerId)![Math.floor((timestamp - START) / DAY_MS)]!++;
    }
  }
  return { hours, labels, members, byDay };
}

function share(counts: Float64Array, where: (hour: number, weekday: number, day: number) => boolean): number {
  let inside = 0;
  let all = 0;
  counts.forEach((count, hour) => {
    const day = Math.floor(hour / 24);
    all += count;
    if (where(hour % 24, day % 7, day)) inside += count;
  });
  return inside / all;
}

function sum(counts: Float64Array, fromDay: number, toDay: number): number {
  return counts.subarray(fromDay * 24, toDay * 24).reduce((total, count) => total + count, 0);
}

describe('a simulated segment', () => {
  let run: ReturnType<typeof countByLabel>;
  const of = (segment: UsageSegment) => run.hours.get(segment)!;
  beforeAll(() => {
    const each = { flat: 1, weekday: 1, weekend: 1, evening: 1, growing: 1, declining: 1, bursty: 1, inactive: 1 };
    run = countByLabel(720, 56, [], { ...each, nightly: 1 });
  });

  it('is used around the clock when flat', () => {
    expect(share(of('flat'), (_, weekday) => weekday >= 5)).toBeCloseTo(2 / 7, 1.5);
    expect(share(of('flat'), (hour) => hour < 12)).toBeCloseTo(0.5, 1.5);
  });

  it('is used in working hours when of weekdays, and by day on weekends when of those', () => {
    // 50 hours at 1 against 118 at 0.04; 26 against 142.
    expect(share(of('weekday'), (hour, weekday) => weekday < 5 && hour >= 8 && hour < 18)).toBeCloseTo(50 / 54.72, 1.5);
    expect(share(of('weekend'), (hour, weekday) => weekday >= 5 && hour >= 9 && hour < 22)).toBeCloseTo(
      26 / 31.68,
      1.5,
    );
  });

  it('is used in the evening, or by night', () => {
    expect(share(of('evening'), (hour) => hour >= 18)).toBeCloseTo(6 / 6.72, 1.5);
    expect(share(of('nightly'), (hour) => hour >= 1 && hour < 5)).toBeCloseTo(4 / 4.8, 1.5);
  });

  it('grows and declines over the whole time, by a factor of four from half to half of it at most', () => {
    // Means of the halves: 0.6 and 1.4.
    expect(share(of('growing'), (_h, _w, day) => day >= 28)).toBeCloseTo(0.7, 1.5);
    expect(share(of('declining'), (_h, _w, day) => day >= 28)).toBeCloseTo(0.3, 1.5);
  });

  it('is silent on most days when bursty, and loud on the others', () => {
    let silent = 0;
    let days = 0;
    for (const [customer, spans] of run.labels) {
      if (spans[0]!.name !== 'bursty') continue;
      for (const count of run.byDay.get(customer) ?? new Float64Array(56)) {
        days++;
        if (count === 0) silent++;
      }
    }
    expect(silent / days).toBeGreaterThan(0.82);
    expect(silent / days).toBeLessThan(0.93);
    const mean = sum(of('bursty'), 0, 56) / sum(of('flat'), 0, 56);
    expect(mean).toBeGreaterThan(0.7);
    expect(mean).toBeLessThan(1.3);
  });

  it('is used on the first day and hardly after it when inactive', () => {
    expect(sum(of('inactive'), 0, 1)).toBeGreaterThan(300);
    expect(sum(of('inactive'), 1, 56)).toBeLessThan(0.2 * sum(of('inactive'), 0, 1));
  });
});

describe('planted drift', () => {
  const drift: PlantedDrift[] = [
    { atDay: 14, kind: 'switch', from: 'flat', to: 'evening', share: 0.4 },
    { atDay: 21, kind: 'level', segment: 'weekend', factor: 3 },
    { atDay: 21, kind: 'shape', segment: 'weekday', shiftHours: 12 },
    { atDay: 28, kind: 'new-segment', segment: 'nightly', share: 0.25 },
  ];
  let run: ReturnType<typeof countByLabel>;
  beforeAll(() => {
    run = countByLabel(800, 42, drift, { flat: 1, weekday: 1, weekend: 1, evening: 1 });
  });

  it('labels every customer at every time, once', () => {
    expect(run.labels.size).toBe(800);
    for (const spans of run.labels.values()) {
      expect(spans[0]!.from).toBe(START);
      expect(spans.at(-1)!.to).toBe(START + 42 * DAY_MS);
      for (let i = 1; i < spans.length; i++) expect(spans[i]!.from).toBe(spans[i - 1]!.to);
    }
  });

  it('moves the share of customers that was asked for, and their events with them', () => {
    expect(run.members.get('evening after switch')! / 200).toBeCloseTo(0.4, 0.7);
    expect(run.members.get('nightly after new-segment')! / 800).toBeCloseTo(0.25, 1);
    expect(share(run.hours.get('evening after switch')!, (hour) => hour >= 18)).toBeGreaterThan(0.85);
    expect(share(run.hours.get('nightly after new-segment')!, (hour) => hour >= 1 && hour < 5)).toBeGreaterThan(0.78);
  });

  it('multiplies a level', () => {
    const before = sum(run.hours.get('weekend')!, 14, 21);
    const after = sum(run.hours.get('weekend after level')!, 21, 28);
    expect(after / before).toBeGreaterThan(2.6);
    expect(after / before).toBeLessThan(3.4);
  });

  it('moves a shape by hours: office work from 20 to 6 h', () => {
    const shifted = run.hours.get('weekday after shape')!;
    expect(share(shifted, (hour) => hour >= 20 || hour < 6)).toBeGreaterThan(0.85);
    expect(share(run.hours.get('weekday')!, (hour) => hour >= 20 || hour < 6)).toBeLessThan(0.15);
  });
});
