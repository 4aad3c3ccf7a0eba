import { describe, expect, it } from 'vitest';
import type { SegmentLabel } from '../../src/simulate/segment-label.js';
import { simulateUsage } from '../../src/simulate/simulate-usage.js';
import { DAY_MS, type SimulationOptions } from '../../src/simulate/simulation-options.js';

const START = Date.UTC(2024, 0, 1);
const DAYS = 20;
const OPTIONS: SimulationOptions = {
  customers: 400,
  days: DAYS,
  rate: 20,
  seed: 5,
  joinShare: 0.3,
  segments: { flat: 3, bursty: 1, inactive: 1 },
  ...{ lateShare: 0, corruptShare: 0, futureShare: 0, duplicateShare: 0 },
};

describe('customers who join', () => {
  const { labels, firstEvents } = read(OPTIONS);
  const firsts = new Map([...labels].reverse().map((label) => [label.customerId, label]));
  const joined = [...firsts.values()].filter(({ from }) => from > START);

  it('are the share that was asked for of those who are active, from the beginning of a day in the first half', () => {
    const active = [...firsts.values()].filter(({ segment }) => segment !== 'inactive').length;
    expect(active).toBe(320);
    // Of 320 draws at 0.3 the standard deviation is 0.026.
    expect(joined.length / active).toBeGreaterThan(0.22);
    expect(joined.length / active).toBeLessThan(0.38);
    expect(joined.some(({ segment }) => segment === 'inactive')).toBe(false);
    const days = new Set(joined.map(({ from }) => (from - START) / DAY_MS));
    expect([...days].sort((a, b) => a - b)).toEqual(Array.from({ length: DAYS / 2 }, (_, i) => i + 1));
  });

  it('have no event before their first label, and flat ones have one within three days of it', () => {
    for (const { customerId, segment, from } of firsts.values()) {
      const first = firstEvents.get(customerId);
      if (first !== undefined) expect(first).toBeGreaterThanOrEqual(from);
      if (segment === 'flat') expect(first).toBeLessThan(from + 3 * DAY_MS);
    }
  });

  it('have the label of what they do by then, where drift came before them', () => {
    const drift = [{ atDay: 4, kind: 'switch', from: 'flat', to: 'bursty', share: 1 }] as const;
    const { labels: drifted } = read({ ...OPTIONS, drift });
    const late = new Set(joined.filter(({ from }) => from > START + 4 * DAY_MS).map(({ customerId }) => customerId));
    const ofLate = drifted.filter(({ customerId }) => late.has(customerId));
    expect(ofLate).toHaveLength(late.size);
    expect(new Set(ofLate.map(({ segment }) => segment))).toEqual(new Set(['bursty']));
    expect(new Set(ofLate.map(({ cause }) => cause))).toEqual(new Set(['start']));
  });

  it('are nobody unless asked for, and in a stream of a day', () => {
    for (const options of [
      { ...OPTIONS, joinShare: 0 },
      { ...OPTIONS, days: 1 },
    ]) {
      expect(new Set(read(options).labels.map(({ from }) => from))).toEqual(new Set([START]));
    }
  });
});

function read(options: SimulationOptions): { labels: SegmentLabel[]; firstEvents: Map<string, number> } {
  const simulation = simulateUsage({ ...options, start: START });
  const firstEvents = new Map<string, number>();
  for (const chunk of simulation.events) {
    for (const line of Buffer.from(chunk).toString().trimEnd().split('\n')) {
      const { customerId, timestamp } = JSON.parse(line) as { customerId: string; timestamp: number };
      firstEvents.set(customerId, Math.min(timestamp, firstEvents.get(customerId) ?? Number.POSITIVE_INFINITY));
    }
  }
  return { labels: [...simulation.labels], firstEvents };
}
