/**
 * Segments of real customers, without labels: do models that were fitted to disjoint halves of the customers agree, and do
 * segments tell what a customer will do next? Both beside k-means on the scaled windows.
 *
 *   npx tsx bench/real-customers.ts [--retail online_retail.parquet] [--seeds 1,2,3] [--k 6]
 *
 * Aircraft are those of examples/data (a year of flights, in weeks: windows of 13), retail customers those of a Parquet
 * file (customer, ts, amount; two years in steps of four weeks: windows of 8). Windows without any usage are left out.
 *
 * agreement: adjusted Rand index times 100 between what the two models say of all windows.
 * forecast: a customer's next window, on a logarithmic scale, is forecast as the mean next window of the customers that
 * were fitted in its segment; mean squared error over the other half's customers, over that of the mean of all.
 */
import { parseArgs } from 'node:util';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { adjustedRandIndex } from '../src/cluster/adjusted-rand-index.js';
import { createRandom } from '../src/numeric/random.js';
import { shuffle } from '../src/numeric/shuffle.js';
import { fitSegments, isMethod, METHODS, type MethodName } from './measure/quality-methods.js';
import { median } from './measure/statistics.js';

const METHODS_HERE: readonly MethodName[] = ['default', 'kmeans-z', 'kmeans-max', 'kmeans-log', 'kmeans-log-z'];
const WEEK = 7 * 86_400_000;

interface Usage {
  readonly customer: string;
  readonly time: number;
  readonly value: number;
}

/** Windows of customers, each with its next one. */
interface Pairs {
  readonly customers: readonly string[];
  readonly steps: number;
  readonly windows: Float32Array; // (pairs, steps)
  readonly next: Float32Array; // (pairs, steps)
}

const { values: flags } = parseArgs({
  options: {
    retail: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    k: { type: 'string', default: '6' },
  },
});
const seeds = flags.seeds.split(',').map(Number);
const k = Number(flags.k);

await report('aircraft', toPairs(await readFlights(), WEEK, 13));
if (flags.retail !== undefined) await report('retail', toPairs(await readRetail(flags.retail), 4 * WEEK, 8));

async function report(name: string, pairs: Pairs): Promise<void> {
  console.log(`${name}: ${pairs.customers.length} windows of ${new Set(pairs.customers).size} customers, k ${k}`);
  for (const method of METHODS_HERE.filter(isMethod)) {
    const agreements: number[] = [];
    const errors: number[] = [];
    for (const seed of seeds) {
      const { agreement, error } = await measure(method, pairs, seed);
      agreements.push(agreement);
      errors.push(error);
    }
    console.log(
      `  ${method.padEnd(12)} agreement ${(100 * median(agreements)).toFixed(1).padStart(5)}  ` +
        `forecast ${median(errors).toFixed(3)}`,
    );
  }
}

async function measure(method: MethodName, pairs: Pairs, seed: number): Promise<{ agreement: number; error: number }> {
  const names = [...new Set(pairs.customers)].sort();
  const order = Uint32Array.from(names, (_, i) => i);
  shuffle(order, createRandom(seed));
  const half = new Map(Array.from(order, (at, i) => [names[at]!, i % 2]));
  const table = {
    length: pairs.customers.length,
    steps: pairs.steps,
    channels: 1,
    values: pairs.windows,
    mask: new Uint8Array(pairs.windows.length),
  };
  const rowsOf = (side: number): Uint32Array =>
    Uint32Array.from(pairs.customers.flatMap((customer, row) => (half.get(customer) === side ? [row] : [])));
  const found: Uint16Array[] = [];
  for (const side of [0, 1]) found.push(await fitSegments(METHODS[method], table, rowsOf(side), k, seed));
  const errors = [0, 1].map((side) => forecastError(pairs, found[side]!, rowsOf(side), rowsOf(1 - side)));
  return { agreement: adjustedRandIndex(found[0]!, found[1]!), error: (errors[0]! + errors[1]!) / 2 };
}

/** Mean squared error of segment means over that of the mean of all. */
function forecastError({ steps, next }: Pairs, segments: Uint16Array, fitted: Uint32Array, rows: Uint32Array): number {
  const log = next.map((value) => Math.sign(value) * Math.log1p(Math.abs(value)));
  const all = meanOf(log, steps, fitted);
  const bySegment = new Map<number, Float64Array>();
  for (const segment of new Set(segments)) {
    const members = fitted.filter((row) => segments[row] === segment);
    bySegment.set(segment, members.length > 0 ? meanOf(log, steps, members) : all);
  }
  let error = 0;
  let reference = 0;
  for (const row of rows) {
    const forecast = bySegment.get(segments[row]!)!;
    for (let step = 0; step < steps; step++) {
      error += (log[row * steps + step]! - forecast[step]!) ** 2;
      reference += (log[row * steps + step]! - all[step]!) ** 2;
    }
  }
  return error / reference;
}

function meanOf(values: Float32Array, steps: number, rows: Uint32Array): Float64Array {
  const mean = new Float64Array(steps);
  for (const row of rows) for (let s = 0; s < steps; s++) mean[s]! += values[row * steps + s]! / rows.length;
  return mean;
}

/** Windows that follow each other without a gap, from each customer's first step on. */
function toPairs(events: readonly Usage[], stepMs: number, steps: number): Pairs {
  const first = events.reduce((least, { time }) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const last = events.reduce((most, { time }) => Math.max(most, time), 0);
  const windows = Math.floor((last - first) / stepMs / steps);
  const series = new Map<string, Float32Array>();
  for (const { customer, time, value } of events) {
    const step = Math.floor((time - first) / stepMs);
    if (step >= windows * steps) continue;
    let usage = series.get(customer);
    if (usage === undefined) {
      usage = new Float32Array(windows * steps);
      series.set(customer, usage);
    }
    usage[step]! += value;
  }
  const customers: string[] = [];
  const cells: number[] = [];
  const next: number[] = [];
  for (const [customer, usage] of series) {
    for (let window = 0; window + 1 < windows; window++) {
      const own = usage.subarray(window * steps, (window + 1) * steps);
      if (!own.some((value) => value > 0)) continue;
      customers.push(customer);
      cells.push(...own);
      next.push(...usage.subarray((window + 1) * steps, (window + 2) * steps));
    }
  }
  return { customers, steps, windows: Float32Array.from(cells), next: Float32Array.from(next) };
}

async function readFlights(): Promise<Usage[]> {
  const rows = await readParquet('examples/data/flights.parquet');
  return rows.map((row) => ({
    customer: String(row.tailnum),
    time: Number(row.time_hour),
    value: Number(row.air_time ?? 0),
  }));
}

async function readRetail(path: string): Promise<Usage[]> {
  const rows = await readParquet(path);
  return rows.map((row) => ({
    customer: String(row.customer),
    time: Number(row.ts),
    value: Math.max(0, Number(row.amount)),
  }));
}

async function readParquet(path: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(path), compressors });
}
