import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createRandom, type Random } from '../../src/numeric/random.js';

/** Steps of an hour that a series has. */
export const LONG_STEPS = 9000;
/** The midnight at which the series begin, as text for `window.origin`. */
export const ORIGIN = '2024-01-01T00:00:00Z';

const HOUR = 3_600_000;

/** Which classes a set has: of the slow course of a level, or of the order of two daily rhythms at one level. */
export type LongSet = 'course' | 'order';

/** Value at a part of the series' own length, from 0 to 1, and at an hour of the day. */
type Course = (part: number, hour: number) => number;

/** Usage with so many peaks a day, and the same on average however many there are. */
const peaks = (hour: number, times: number) => 1 + 0.9 * Math.cos((2 * Math.PI * times * hour) / 24);

/** A class to a function that draws one of its series. */
const CLASSES: Readonly<Record<LongSet, Readonly<Record<string, (random: Random) => Course>>>> = {
  course: {
    rising: () => (part, hour) => (0.6 + 0.8 * part) * peaks(hour, 1),
    falling: () => (part, hour) => (1.4 - 0.8 * part) * peaks(hour, 1),
    waves: (random) => {
      const phase = 2 * Math.PI * random.next();
      return (part, hour) => (1 + 0.4 * Math.sin(6 * Math.PI * part + phase)) * peaks(hour, 1);
    },
    level: () => (_, hour) => peaks(hour, 1),
  },
  order: {
    once: () => (_, hour) => peaks(hour, 1),
    twice: () => (_, hour) => peaks(hour, 2),
    more: (random) => changing(random, 1, 2),
    fewer: (random) => changing(random, 2, 1),
  },
};

function changing(random: Random, before: number, after: number): Course {
  const change = 0.4 + 0.2 * random.next();
  return (part, hour) => peaks(hour, part < change ? before : after);
}

export interface LongSeriesOptions {
  readonly series: number;
  readonly seed: number;
  /** Whether series begin somewhere in the first half, so that steps before that are absent. */
  readonly late: boolean;
}

/** Writes hourly usage as NDJSON in the order of time; a customer's class is its name up to the hyphen. */
export async function writeLongSeries(to: string, set: LongSet, options: LongSeriesOptions): Promise<void> {
  const random = createRandom(options.seed);
  const classes = Object.entries(CLASSES[set]);
  const customers = Array.from({ length: options.series }, (_, i) => {
    const [name, draw] = classes[i % classes.length]!;
    // A window from before the stream's first step would not be emitted, so one of each class begins with it.
    const first = options.late && i >= classes.length ? random.below(LONG_STEPS / 2) : 0;
    return { id: `${name}-${i}`, level: Math.exp(0.1 * random.normal()), first, course: draw(random) };
  });
  const out = createWriteStream(to);
  for (let step = 0; step < LONG_STEPS; step++) {
    const timestamp = Date.parse(ORIGIN) + step * HOUR;
    for (const { id, level, first, course } of customers) {
      if (step < first) continue;
      const part = (step - first) / (LONG_STEPS - first);
      const value = level * course(part, step % 24) * Math.exp(0.5 * random.normal());
      out.write(`{"customerId":"${id}","timestamp":${timestamp},"value":${value.toFixed(3)}}\n`);
    }
    if (out.writableNeedDrain) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}
