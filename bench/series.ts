/**
 * Series preparation against numpy doing the same, in one run: CPU seconds on one thread, rounds taken in turn.
 *
 *   npx tsx bench/series.ts [--python python3] [--windows 100000] [--steps 24] [--rounds 7]
 *
 * Prints windows per second of each and the median ratio over the rounds. The python must have numpy.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../src/numeric/random.js';
import { prepareSeries } from '../src/series/prepare-series.js';
import { resolveSeries, type SeriesOptions } from '../src/series/series-settings.js';
import type { WindowBatch } from '../src/window/window-batch.js';

const { values: flags } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    windows: { type: 'string', default: '100000' },
    steps: { type: 'string', default: '24' },
    rounds: { type: 'string', default: '7' },
  },
});
const windows = Number(flags.windows);
const steps = Number(flags.steps);
const rounds = Number(flags.rounds);
/** Runs per round, of which the least counts; a batch of the pipeline, in windows. */
const REPEATS = 9;
const BATCH = 4096;

const cases: Record<string, SeriesOptions> = {
  'log1p + z-score': { scale: 'zscore', scope: 'own' },
  'own max': { transform: 'none', scale: 'max', scope: 'own' },
  'moving average 3': { smooth: 'average', transform: 'none', scale: 'none' },
};

interface Measured {
  readonly case: string;
  readonly work: string;
  readonly block: number;
  readonly seconds: number;
  readonly sum: number;
}

const folder = mkdtempSync(join(tmpdir(), 'segtide-series-'));
try {
  const batches = createBatches();
  const ours = new Map<string, number[]>();
  const numpy = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    const reference = runNumpy();
    for (const [name, options] of Object.entries(cases)) {
      const { seconds, sum } = runOurs(batches, options);
      append(ours, name, seconds);
      for (const work of ['same', 'bare']) {
        const runs = reference.filter((run) => run.case === name && run.work === work);
        append(numpy, `${name} ${work}`, Math.min(...runs.map((run) => run.seconds)));
        const other = runs[0]!.sum;
        if (Math.abs(other - sum) > 1e-4 * sum) throw new Error(`${name}: numpy's sum is ${other}, ours ${sum}`);
      }
    }
  }
  for (const name of Object.keys(cases)) {
    const mine = ours.get(name)!;
    for (const work of ['same', 'bare']) {
      const theirs = numpy.get(`${name} ${work}`)!;
      const ratios = theirs.map((seconds, round) => seconds / mine[round]!);
      console.log(
        `${name.padEnd(18)} ${work}  segtide ${rate(mine)} numpy ${rate(theirs)} M windows/s   ratio ` +
          `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Usage with zeros, as most customers have: a quarter of the cells, and every tenth window wholly. */
function createBatches(): WindowBatch[] {
  const random = createRandom(1);
  const values = new Float32Array(windows * steps);
  const mask = new Uint8Array(windows * steps);
  for (let i = 0; i < values.length; i++) {
    const zero = Math.floor(i / steps) % 10 === 0 || random.next() < 0.25;
    mask[i] = zero ? 1 : 0;
    values[i] = zero ? 0 : -8 * Math.log((1 - random.next()) * (1 - random.next()));
  }
  writeFileSync(join(folder, 'values.f32'), values);
  writeFileSync(join(folder, 'mask.u8'), mask);
  const batches: WindowBatch[] = [];
  for (let from = 0; from < windows; from += BATCH) {
    const to = Math.min(windows, from + BATCH);
    batches.push(toBatch(values.subarray(from * steps, to * steps), mask.subarray(from * steps, to * steps)));
  }
  return batches;
}

function toBatch(values: Float32Array, mask: Uint8Array): WindowBatch {
  const length = values.length / steps;
  return {
    length,
    steps,
    channels: 1,
    customers: new Uint32Array(length),
    ids: { text: String },
    starts: new Float64Array(length),
    ends: new Float64Array(length),
    revisions: new Uint16Array(length),
    finals: new Uint8Array(length).fill(1),
    evicted: new Uint8Array(length),
    values,
    mask,
    observedSteps: new Uint16Array(length),
    late: [],
    quarantined: [],
    released: new Uint32Array(0),
    watermark: 0,
  };
}

function runOurs(batches: readonly WindowBatch[], options: SeriesOptions): { seconds: number; sum: number } {
  const settings = resolveSeries(options, steps, 1);
  let least = Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const before = process.cpuUsage();
    for (const batch of batches) prepareSeries(settings, undefined, batch);
    const used = process.cpuUsage(before);
    least = Math.min(least, (used.user + used.system) / 1e6);
  }
  for (const batch of batches) {
    for (const value of prepareSeries(settings, undefined, batch).values) sum += Math.abs(value);
  }
  return { seconds: least, sum };
}

function runNumpy(): Measured[] {
  const script = join(import.meta.dirname, 'reference', 'series_numpy.py');
  const args = [script, folder, String(windows), String(steps), String(REPEATS)];
  const text = execFileSync(flags.python, args, { encoding: 'utf8', env: { ...process.env, OMP_NUM_THREADS: '1' } });
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Measured);
}

function append(map: Map<string, number[]>, key: string, value: number): void {
  map.set(key, [...(map.get(key) ?? []), value]);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

function rate(seconds: readonly number[]): string {
  return (windows / median(seconds) / 1e6).toFixed(2).padStart(6);
}
