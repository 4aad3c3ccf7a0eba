import type { Message } from 'kafkajs';
import { simulateUsage } from '../../../src/simulate/simulate-usage.js';

const DAY_MS = 86_400_000;

/** Records of a simulated stream in the order of arrival, and what they are. */
export interface SimulatedUsage {
  /** One line of NDJSON each, keyed by customer where the line names one. */
  readonly records: readonly UsageRecord[];
  /** Of these the records that can't be read. */
  readonly corrupt: number;
  /** Latest event time of the first `count` records. */
  latest(count: number): number;
}

export interface UsageRecord extends Message {
  readonly key: string | null;
  readonly value: Buffer;
}

/** Usage that ended yesterday: some records out of order, twice or spoilt, none late. */
export function simulatedUsage(customers: number, days: number, corruptShare = 0.001): SimulatedUsage {
  const start = (Math.floor(Date.now() / DAY_MS) - days) * DAY_MS;
  const options = { seed: 7, customers, days, start, rate: 6, lateShare: 0, futureShare: 0, corruptShare };
  const simulation = simulateUsage(options);
  const records: UsageRecord[] = [];
  for (const chunk of simulation.events) {
    for (let at = 0; at < chunk.length; ) {
      const end = chunk.indexOf(0x0a, at);
      const value = Buffer.from(chunk.subarray(at, end));
      records.push({ key: /"customerId":"(c\d+)"/.exec(value.toString('latin1'))?.[1] ?? null, value });
      at = end + 1;
    }
  }
  return {
    records,
    corrupt: simulation.manifest().corrupt,
    latest: (count) => Math.max(...records.slice(0, count).map(({ value }) => toEvent(value)?.timestamp ?? 0)),
  };
}

/** The event of a record, undefined where it is spoilt. */
export function toEvent(value: Buffer): { customerId: string; timestamp: number; value: number } | undefined {
  try {
    const event = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value));
    return event.timestamp > 1e12 && Number.isFinite(event.value) ? event : undefined;
  } catch {
    return undefined;
  }
}
