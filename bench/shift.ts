/**
 * How many windows keep their segment when what they show shifts, with `encoder.shift` as `aligned` and as `invariant`.
 *
 *   npx tsx bench/shift.ts [--data DIR] [--sets A,B] [--seeds 1,2] [--events 24,72] [--customers 1000]
 *
 * `cyclic`: windows of labelled sets (DIR has files SET.csv.gz, as of bench/embedding-quality.ts) that were not fitted,
 * against the same shifted cyclically by up to a quarter of their steps; k is the number of classes. `next`, `quarter`:
 * customers with a daily or weekly rhythm and a mean of `--events` a day, each hour Poisson distributed; windows of a day
 * and of a week slide by an hour, models are fitted to windows of other customers that begin at any hour. `next` is the
 * share that stays from one window to the next, in the mean over a quarter of the window, `quarter` the share that has the
 * same segment a quarter later, ARI that against the customers' rhythms. `µs` is the encoder's time a window, in batches
 * of 256.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { adjustedRandIndex } from '../src/cluster/adjusted-rand-index.js';
import { assign } from '../src/cluster/assign.js';
import { SHIFTS, type Shift } from '../src/encode/views/shift.js';
import { createRandom, type Random } from '../src/numeric/random.js';
import { prepareSeries } from '../src/series/prepare-series.js';
import { configSchema } from '../src/service/config/schema.js';
import { modelSettingsFor } from '../src/service/model/model-settings.js';
import { weekProfile } from '../src/simulate/usage-segment.js';
import { evaluateWindows } from '../src/train/evaluate-windows.js';
import { openModel } from '../src/train/loaded-model.js';
import { runTrainingJob } from '../src/train/run-training-job.js';
import { readWindowTable } from '../src/transport/file/read-window-table.js';
import { type GivenWindows, toGivenWindows } from '../src/window/given-windows.js';
import { mean, median } from './measure/statistics.js';

/** Sets whose classes are shapes, wherever they lie in the window. */
const SHAPE_SETS = 'CBF,SyntheticControl,Trace,Plane,TwoPatterns';

const BATCH = 256;

type ToSegments = (windows: GivenWindows) => Promise<ArrayLike<number>>;

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    sets: { type: 'string', default: SHAPE_SETS },
    seeds: { type: 'string', default: '1,2' },
    events: { type: 'string', default: '24,72' },
    customers: { type: 'string', default: '1000' },
  },
});
const seeds = flags.seeds.split(',').map(Number);

if (flags.data !== undefined) for (const set of flags.sets.split(',')) await measureSet(flags.data, set);
for (const [name, steps, rhythms] of [
  ['day', 24, dailyRhythms()],
  ['week', 168, weeklyRhythms()],
] as const) {
  for (const events of flags.events.split(',').map(Number)) await measureSliding(name, steps, rhythms, events);
}

async function measureSet(folder: string, set: string): Promise<void> {
  const table = await readWindowTable(join(folder, `${set}.csv.gz`), { labelColumn: 'label' });
  const shifted = shiftCyclically(table, createRandom(7));
  for (const shift of SHIFTS) {
    const kept = [];
    for (const seed of seeds) {
      const { toSegments } = await train(table, shift, new Set(table.labels).size, seed);
      kept.push(sameShare(await toSegments(table), await toSegments(shifted)));
    }
    console.log(`${set.padEnd(18)} ${shift.padEnd(10)} cyclic ${show(mean(kept))}`);
  }
}

async function measureSliding(
  name: string,
  steps: number,
  rhythms: readonly Float64Array[],
  events: number,
): Promise<void> {
  const customers = Number(flags.customers);
  const quarter = steps / 4;
  for (const shift of SHIFTS) {
    // Turned by some hours, a rhythm may be another one of them.
    const names = rhythms.map((rhythm, i) => (shift === 'invariant' ? turnedName(rhythm) : String(i)));
    const rows = [];
    for (const seed of seeds) {
      const random = createRandom(seed);
      const others = drawUsage(rhythms, 2 * customers, 2 * steps, events, random);
      const starts = Array.from({ length: 2 * customers }, () => random.below(steps));
      const { toSegments, toEmbeddings } = await train(cut(others, steps, starts), shift, new Set(names).size, seed);
      const own = drawUsage(rhythms, customers, steps + quarter, events, random);
      const truth = own.map((_, i) => names[i % rhythms.length]!);
      const segments: ArrayLike<number>[] = [];
      for (let hop = 0; hop <= quarter; hop++)
        segments.push(await toSegments(cut(own, steps, Array(customers).fill(hop))));
      rows.push({
        next: mean(segments.slice(1).map((later, hop) => sameShare(segments[hop]!, later))),
        quarter: sameShare(segments[0]!, segments[quarter]!),
        ari: adjustedRandIndex(truth, Array.from(segments[0]!)),
        micros: await time(() => toEmbeddings(cut(own.slice(0, BATCH), steps, Array(BATCH).fill(0)))),
      });
    }
    console.log(
      `${`${name}, ${events} events a day`.padEnd(26)} ${shift.padEnd(10)} next ${show(mean(rows.map(({ next }) => next)))}  ` +
        `quarter ${show(mean(rows.map((row) => row.quarter)))}  ARI ${show(mean(rows.map(({ ari }) => ari)))}  ` +
        `µs ${mean(rows.map(({ micros }) => micros)).toFixed(1)}`,
    );
  }
}

/** A model of half the windows, its VRAE as good as untrained: it has no part in the embedding. */
async function train(windows: GivenWindows, shift: Shift, k: number, seed: number) {
  const config = configSchema.parse({ run: { seed }, encoder: { shift, updates: 1 } });
  const settings = modelSettingsFor(config, windows, k);
  const { model } = await evaluateWindows(toGivenWindows(windows), settings, {
    labels: undefined,
    fold: 0,
    seed,
    train: runTrainingJob,
  });
  const { encoder, cluster, scale, settings: series } = openModel(model);
  const toEmbeddings = (given: GivenWindows) => encoder.encode(prepareSeries(series, scale, toGivenWindows(given)));
  const toSegments: ToSegments = async (given) => assign(cluster, await toEmbeddings(given)).nearest;
  return { toSegments, toEmbeddings };
}

function shiftCyclically(windows: GivenWindows, random: Random): GivenWindows {
  const { length, steps, channels } = windows;
  const values = new Float32Array(windows.values.length);
  for (let row = 0; row < length; row++) {
    const by = random.below(2 * Math.floor(steps / 4) + 1) - Math.floor(steps / 4);
    for (let t = 0; t < steps; t++) {
      const from = (row * steps + t) * channels;
      values.set(windows.values.subarray(from, from + channels), (row * steps + ((t + by + steps) % steps)) * channels);
    }
  }
  return { ...windows, values };
}

function dailyRhythms(): readonly Float64Array[] {
  const hours: readonly (readonly [from: number, to: number])[][] = [
    [[0, 24]],
    [[6, 12]],
    [[18, 24]],
    [[8, 18]],
    [[2, 4]],
    [
      [7, 9],
      [19, 21],
    ],
  ];
  return hours.map((open) => {
    const rates = Float64Array.from({ length: 24 }, (_, hour) =>
      open.some(([from, to]) => hour >= from && hour < to) ? 1 : 0.04,
    );
    const sum = rates.reduce((total, rate) => total + rate);
    return rates.map((rate) => (24 * rate) / sum);
  });
}

/** The same for rhythms that are cyclic shifts of each other. */
function turnedName(rhythm: Float64Array): string {
  const rates = Array.from(rhythm, (rate) => rate.toFixed(6));
  const turns = rates.map((_, from) => [...rates.slice(from), ...rates.slice(0, from)].join());
  return turns.sort()[0]!;
}

function weeklyRhythms(): readonly Float64Array[] {
  return (['flat', 'weekday', 'weekend', 'evening', 'nightly'] as const).map(weekProfile);
}

/** Events of each hour of customers who have the rhythms in turn. */
function drawUsage(
  rhythms: readonly Float64Array[],
  customers: number,
  hours: number,
  events: number,
  random: Random,
): readonly Float32Array[] {
  return Array.from({ length: customers }, (_, customer) => {
    const level = (events / 24) * Math.exp(0.5 * random.normal() - 0.125);
    const rhythm = rhythms[customer % rhythms.length]!;
    return Float32Array.from({ length: hours }, (_, hour) =>
      drawPoisson(level * rhythm[hour % rhythm.length]!, random),
    );
  });
}

function drawPoisson(expected: number, random: Random): number {
  let count = -1;
  let passed = 0;
  while (passed < expected || count < 0) {
    passed -= Math.log(1 - random.next());
    count++;
  }
  return count;
}

function cut(usage: readonly Float32Array[], steps: number, starts: readonly number[]): GivenWindows {
  const values = new Float32Array(usage.length * steps);
  for (const [i, hours] of usage.entries()) values.set(hours.subarray(starts[i]!, starts[i]! + steps), i * steps);
  return { length: usage.length, steps, channels: 1, values, mask: new Uint8Array(values.length) };
}

async function time(encode: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 20; round++) {
    const before = performance.now();
    await encode();
    times.push(((performance.now() - before) * 1000) / BATCH);
  }
  return median(times);
}

function sameShare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let same = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) same++;
  return same / a.length;
}

function show(share: number): string {
  return (100 * share).toFixed(1).padStart(5);
}
