import { simulateUsage } from '../../src/simulate/simulate-usage.js';
import { toGivenWindows } from '../../src/window/given-windows.js';
import type { WindowBatch } from '../../src/window/window-batch.js';

const WEEK_MS = 7 * 86_400_000;

/** Steps of a week, six hours each. */
export const WEEK_STEPS = 28;

export interface WeeksOptions {
  readonly seed: number;
  readonly customers: number;
  readonly weeks: number;
  /** Events per customer and day. */
  readonly rate: number;
  /** Weights of the segments; those left out have no customers. */
  readonly mix: Readonly<Partial<Record<keyof typeof NO_CUSTOMERS, number>>>;
}

/** A simulated stream without drift, cut into weeks. */
export interface Weeks {
  /** Every customer's windows of some weeks, in the order of customers, with the times that they are of. */
  windowsOf(first: number, count: number): WindowBatch;
  segmentOf(customerId: string): string;
  /** True segment of each window. */
  truth(windows: WindowBatch): string[];
}

export function simulateWeeks({ seed, customers, weeks, rate, mix }: WeeksOptions): Weeks {
  const simulation = simulateUsage({
    seed,
    customers,
    days: 7 * weeks,
    rate,
    segments: { ...NO_CUSTOMERS, ...mix },
    ...{ outOfOrderShare: 0, lateShare: 0, duplicateShare: 0, corruptShare: 0, futureShare: 0 },
  });
  const labels = new Map([...simulation.labels].map(({ customerId, segment }) => [customerId, segment]));
  const names = [...labels.keys()];
  const row = new Map(names.map((name, i) => [name, i]));
  const cells = weeks * WEEK_STEPS;
  const usage = new Float32Array(names.length * cells);
  const { start } = simulation.settings;
  const decoder = new TextDecoder();
  for (const chunk of simulation.events) {
    for (const line of decoder.decode(chunk).split('\n')) {
      if (line === '') continue;
      const { customerId, timestamp, value } = JSON.parse(line);
      usage[row.get(customerId)! * cells + Math.floor((timestamp - start) / (WEEK_MS / WEEK_STEPS))]! += value;
    }
  }
  const segmentOf = (customerId: string): string => labels.get(customerId)!;
  return {
    windowsOf(first, count) {
      const length = names.length * count;
      const values = new Float32Array(length * WEEK_STEPS);
      const starts = Float64Array.from({ length }, (_, i) => start + (first + (i % count)) * WEEK_MS);
      for (let i = 0; i < length; i++) {
        const from = Math.floor(i / count) * cells + (first + (i % count)) * WEEK_STEPS;
        values.set(usage.subarray(from, from + WEEK_STEPS), i * WEEK_STEPS);
      }
      const mask = new Uint8Array(values.length);
      return {
        ...toGivenWindows({ length, steps: WEEK_STEPS, channels: 1, values, mask }),
        ids: { text: (slot) => names[slot]! },
        customers: Uint32Array.from({ length }, (_, i) => Math.floor(i / count)),
        starts,
        ends: starts.map((one) => one + WEEK_MS),
      };
    },
    segmentOf,
    truth: ({ customers: slots }) => Array.from(slots, (slot) => segmentOf(names[slot]!)),
  };
}

const NO_CUSTOMERS = {
  flat: 0,
  weekday: 0,
  weekend: 0,
  evening: 0,
  nightly: 0,
  bursty: 0,
  growing: 0,
  declining: 0,
  inactive: 0,
};
