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

/** Usage that rises to a peak once a day, and is the same on average whenever that is. */
const peak = (hour: number, at: number) => 1 + 0.9 * Math.cos((2 * Math.PI * (hour - at)) / 24);

const MORNING = 8;
const EVENING = 20;

/** A class to a function that draws one of its series. */
const CLASSES: Readonly<Record<LongSet, Readonly<Record<string, (random: Random) => Course>>>> = {
  course: {
    rising: () => (part, hour) => (0.6 + 0.8 * part) * peak(hour, MORNING),
    falling: () => (part, hour) => (1.4 - 0.8 * part) * peak(hour, MORNING),
    waves: (random) => {
      const phase = 2 * Math.PI * random.next();
      return (part, hour) => (1 + 0.4 * Math.sin(6 * Math.PI * part + phase)) * peak(hour, MORNING);
    },
    level: () => (_, hour) => peak(hour, MORNING),
  },
  order: {
    morning: () => (_, hour) => peak(hour, MORNING),
    evening: () => (_, hour) => peak(hour, EVENING),
    later: (random) => changing(random, MORNING, EVENING),
    earlier: (random) => changing(random, EVENING, MORNING),
  },
};

function changing(random: Random, before: number, after: number): Course {
  const change = 0.4 + 0.2 * random.next();
  return (part, hour) => peak(hour, part < change ? before : after);
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
    const first = options.late ? random.below(LONG_STEPS / 2) : 0;
    return { id: `${name}-${i}`, level: Math.exp(0.3 * random.normal()), first, course: draw(random) };
  });
  const out = createWriteStream(to);
  for (let step = 0; step < LONG_STEPS; step++) {
    const timestamp = Date.parse(ORIGIN) + step * HOUR;
    for (const { id, level, first, course } of customers) {
      if (step < first) continue;
      const part = (step - first) / (LONG_STEPS - first);
      const value = level * course(part, step % 24) * Math.exp(0.6 * random.normal());
      out.write(`{"customerId":"${id}","timestamp":${timestamp},"value":${value.toFixed(3)}}\n`);
    }
    if (out.writableNeedDrain) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}
