/**
 * Writes the workload of the window benchmarks: one event a line, about 50 events per customer and day.
 *
 *   npx tsx bench/simulate.ts OUT.ndjson EVENTS CUSTOMERS [DAYS]
 *
 *   {"customerId":"c000123","timestamp":1704067200123,"value":1.234}
 *
 * Lines are in arrival order: event time plus up to 5 min, so that no event is more than 5 min late. Customers fall into
 * six segments by hour of the day and level. DAYS defaults to EVENTS / (CUSTOMERS · 50), at least 2. OUT.ndjson.json gets
 * the reference totals: events, customers, days, windows (customer-days with an event), buckets (customer-hours), sum.
 */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { createRandom } from '../src/numeric/random.js';
import { drawGamma } from '../src/simulate/gamma.js';
import { customerId } from '../src/simulate/simulated-record.js';
import { createWeightedChoice } from '../src/simulate/weighted-choice.js';

const START = 1_704_067_200_000; // 2024-01-01T00:00:00Z
const HOUR_MS = 3_600_000;
const JITTER_MS = 300_000;
/** Of a row: arrival, event time, customer, value in thousandths. */
const FIELDS = 4;

const [out, eventsText, customersText, daysText] = process.argv.slice(2);
if (out === undefined || eventsText === undefined || customersText === undefined) {
  throw new Error('usage: bench/simulate.ts OUT.ndjson EVENTS CUSTOMERS [DAYS]');
}
const events = Number(eventsText);
const customers = Number(customersText);
const days = daysText === undefined ? Math.max(2, Math.floor(events / (customers * 50))) : Number(daysText);

const random = createRandom(42);
const around = (centre: number, width: number) => (hour: number) => {
  const apart = Math.abs(hour - centre);
  return Math.exp(-0.5 * (Math.min(apart, 24 - apart) / width) ** 2);
};
const [morning, close] = [around(9, 0.8), around(17, 0.8)];
/** Office, evening, nightly batch, flat, by day, rush hours. */
const segments = [
  { level: 8, weight: around(12, 3) },
  { level: 5, weight: around(20, 2) },
  { level: 20, weight: around(3, 1.5) },
  { level: 2, weight: () => 1 },
  { level: 4, weight: (hour: number) => 0.3 + around(14, 5)(hour) },
  { level: 10, weight: (hour: number) => morning(hour) + close(hour) },
].map(({ level, weight }) => ({
  level,
  hours: createWeightedChoice(Float64Array.from({ length: 24 }, (_, hour) => 0.02 + weight(hour))),
}));

const segmentOf = Uint8Array.from({ length: customers }, () => random.below(segments.length));
const prefixes = Array.from({ length: customers }, (_, i) => `{"customerId":"${customerId(i)}","timestamp":`);
const file = openSync(out, 'w');
let sum = 0;
let windows = 0;
let buckets = 0;

// One day at a time: the next day's events are held only as far as jitter mixes them into this one.
let carried: Float64Array = new Float64Array(0);
for (let day = 0; day < days; day++) {
  const count = Math.floor((events * (day + 1)) / days) - Math.floor((events * day) / days);
  const rows = new Float64Array(carried.length + count * FIELDS);
  rows.set(carried);
  const seenHours = new Uint32Array(customers);
  for (let at = carried.length; at < rows.length; at += FIELDS) {
    const customer = random.below(customers);
    const { level, hours } = segments[segmentOf[customer]!]!;
    const hour = hours.draw(random);
    const time = START + (day * 24 + hour) * HOUR_MS + random.below(HOUR_MS);
    rows[at] = time + random.below(JITTER_MS);
    rows[at + 1] = time;
    rows[at + 2] = customer;
    rows[at + 3] = Math.round(level * 0.5 * drawGamma(random, 2) * 1000);
    sum += rows[at + 3]!;
    seenHours[customer]! |= 1 << hour;
  }
  for (const hours of seenHours) {
    if (hours !== 0) windows++;
    for (let rest = hours; rest !== 0; rest &= rest - 1) buckets++;
  }
  carried = writeUntil(rows, day + 1 < days ? START + (day + 1) * 24 * HOUR_MS : Number.POSITIVE_INFINITY);
}
closeSync(file);
const totals = { events, customers, days, windows, buckets, sum: sum / 1000 };
writeFileSync(`${out}.json`, `${JSON.stringify(totals)}\n`);

/** Writes what arrives before `end`, in the order of arrival, and returns the rest. */
function writeUntil(rows: Float64Array, end: number): Float64Array {
  const order = Uint32Array.from({ length: rows.length / FIELDS }, (_, i) => i * FIELDS).sort(
    (a, b) => rows[a]! - rows[b]!,
  );
  const rest: number[] = [];
  let text: string[] = [];
  for (const at of order) {
    if (rows[at]! >= end) {
      rest.push(rows[at]!, rows[at + 1]!, rows[at + 2]!, rows[at + 3]!);
      continue;
    }
    text.push(`${prefixes[rows[at + 2]!]}${rows[at + 1]},"value":${rows[at + 3]! / 1000}}\n`);
    if (text.length < 50_000) continue;
    writeSync(file, text.join(''));
    text = [];
  }
  writeSync(file, text.join(''));
  return Float64Array.from(rest);
}
