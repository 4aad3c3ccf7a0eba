import { describe, expect, it } from 'vitest';
import { type SentSimulationFlags, sendSimulation } from '../../../src/service/cli/send-simulation.js';
import type { OutgoingRecord } from '../../../src/transport/kafka/kafka-producer.js';

const TODAY = Date.UTC(2026, 4, 20);
const SMALL = { customers: '30', days: '10' };

/** A producer that keeps what it was sent, and a clock that sleeping moves. */
function open(flags: SentSimulationFlags, stopAfterMs = Number.POSITIVE_INFINITY) {
  let now = TODAY + 3_600_000;
  const startedAt = now;
  const stop = new AbortController();
  const sent: { topic: string; at: number; records: readonly OutgoingRecord[] }[] = [];
  const done = sendSimulation(flags, {
    producer: {
      send: async (topic, records) => void sent.push({ topic, at: now - startedAt, records }),
      close: async () => {},
    },
    clock: { now: () => now },
    sleep: async (ms) => {
      now += ms;
      if (now - startedAt >= stopAfterMs) stop.abort();
    },
    signal: stop.signal,
  });
  return { done, sent };
}

describe('sending a simulation', () => {
  it('sends the whole stream, keyed by customer, with the last event yesterday', async () => {
    const { done, sent } = open(SMALL);
    const { topic, records } = await done;
    const all = sent.flatMap(({ records }) => records);
    expect(topic).toBe('usage-events');
    expect(records).toBe(all.length);
    const times = all.flatMap(({ key, value }) => {
      const [, customer, time] = /"customerId":"(c\d+)".*"timestamp":(\d{13}),/.exec(String(value)) ?? [];
      if (customer !== undefined) expect(key).toBe(customer);
      return time === undefined ? [] : [Number(time)];
    });
    const inTime = times.filter((time) => time < TODAY);
    expect(inTime.length).toBeGreaterThan(0.99 * all.length);
    expect(Math.max(...inTime)).toBeGreaterThan(TODAY - 86_400_000);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(TODAY - 10 * 86_400_000);
  });

  it('keeps to the rate', async () => {
    const { done, sent } = open({ ...SMALL, rate: '200', topic: 'mine' });
    await done;
    let before = 0;
    for (const { topic, at, records } of sent) {
      expect(topic).toBe('mine');
      expect(at).toBeCloseTo((before / 200) * 1000, 3);
      before += records.length;
      expect(records.length).toBeLessThanOrEqual(20);
    }
    expect(before).toBeGreaterThan(1000);
  });

  it('stops where it is told to', async () => {
    const { done, sent } = open({ ...SMALL, rate: '100' }, 1000);
    expect((await done).records).toBe(100);
    expect(sent.length).toBe(10);
  });

  it.each([
    [{ rate: '0' }, "--rate must be above 0; got '0'"],
    [{ rate: 'fast' }, "--rate must be a number; got 'fast'"],
    [{ days: '0' }, '`days` must be from 1'],
  ])('refuses %j', async (flags, words) => {
    await expect(open(flags).done).rejects.toThrow(words);
  });
});
