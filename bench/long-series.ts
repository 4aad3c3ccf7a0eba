// Series of 9,000 steps by each way to deal with their length, as runs of the built command: averages of bins, every so
// many steps, sub-windows with a segment each, sub-windows whose embeddings are encoded again (gradual), and as they are.
// Time, memory and how far segments agree with the true classes, on series that differ in their slow course, and on some
// that differ in the order of daily rhythms; each whole, and with up to half of the steps before a customer's first event.
// Build first: npm run build. Linux.
//
//   npx tsx bench/long-series.ts [--series N] [--seeds N] [--encoder KIND] [--set course|order]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { adjustedRandIndex } from '../src/cluster/adjusted-rand-index.js';
import { LONG_STEPS, type LongSet, ORIGIN, writeLongSeries } from './measure/long-series.js';
import { runTree, type TreeRun } from './measure/run-tree.js';
import { mean } from './measure/statistics.js';
import { MAIN } from './measure/worker-runs.js';

const { values: flags } = parseArgs({
  options: {
    series: { type: 'string', default: '80' },
    seeds: { type: 'string', default: '3' },
    encoder: { type: 'string', default: 'rocket' },
    set: { type: 'string' },
  },
});
const CLASSES = 4;
const SHORT = 120; // steps after averaging or down-sampling
const PART = 300; // steps of a sub-window
const SIZE = 8; // numbers of an embedding that is encoded again
const folder = mkdtempSync(join(tmpdir(), 'segtide-long-'));

/** A route: the runs it takes, and where the segments of customers are then. */
const ROUTES: Readonly<Record<string, (events: string, out: string) => Promise<readonly TreeRun[]>>> = {
  whole: async (events, out) => [await run(events, out, LONG_STEPS)],
  average: async (events, out) => [await run(events, out, LONG_STEPS, shorten('average'))],
  interpolate: async (events, out) => [await run(events, out, LONG_STEPS, shorten('interpolate'))],
  'sub-windows': async (events, out) => [await run(events, out, PART, [`window.hop=${PART / 2}`])],
  gradual: async (events, out) => {
    const parts = `${out}-parts`;
    const first = await run(events, parts, PART, [`encoder.embeddingSize=${SIZE}`, 'output.embeddings.enabled=true']);
    return [first, await runAgain(join(parts, 'embeddings.ndjson'), out)];
  },
};

interface Row {
  readonly set: string;
  readonly route: string;
  readonly ari: number;
  readonly used: readonly TreeRun[];
}

const rows: Row[] = [];
try {
  for (let seed = 1; seed <= Number(flags.seeds); seed++) {
    for (const set of ['course', 'order'] satisfies LongSet[]) {
      if (flags.set !== undefined && flags.set !== set) continue;
      for (const late of [true, false]) await measure(set, late, seed);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
printTable();

async function measure(set: LongSet, late: boolean, seed: number): Promise<void> {
  const name = `${set}${late ? ', late' : ''}`;
  const events = join(folder, 'events.ndjson');
  await writeLongSeries(events, set, { series: Number(flags.series), seed, late });
  for (const [route, take] of Object.entries(ROUTES)) {
    const out = join(folder, `${set}-${late}-${seed}-${route}`);
    const used = await take(events, out);
    const ari = agreementOf(join(out, 'assignments.ndjson'));
    rows.push({ set: name, route, ari, used });
    const costs = used.map(({ cpu, residentMb }) => `${cpu.toFixed(1)} s, ${residentMb.toFixed(0)} MB`);
    console.error(`${seed} ${name} ${route}: ARI ${ari.toFixed(3)}, ${costs.join(' + ')}`);
  }
}

function run(events: string, out: string, steps: number, settings: readonly string[] = []): Promise<TreeRun> {
  const fields = ['--customer', 'customerId', '--time', 'timestamp', '--set', 'input.time.unit=ms', '--value', 'value'];
  const window = ['--step', '1h', '--steps', String(steps)];
  return segtide([events, ...fields, ...window], out, settings);
}

/** The embeddings of a customer's sub-windows are the steps of a series with a channel for each of their numbers. */
function runAgain(embeddings: string, out: string): Promise<TreeRun> {
  const rows = readFileSync(embeddings, 'utf8').trimEnd().split('\n');
  const size = JSON.parse(rows[0]!).vector.length as number;
  const channels = Array.from({ length: size }, (_, i) => ({ name: `e${i}`, field: `vector.${i}`, aggregate: 'last' }));
  const fields = ['--customer', 'customerId', '--time', 'windowStart', '--set', 'input.time.unit=ms'];
  const window = ['--step', `${PART}h`, '--steps', String(LONG_STEPS / PART)];
  return segtide([embeddings, ...fields, ...window], out, [
    `input.channels=${JSON.stringify(channels)}`,
    'series.transform=none',
    'encoder.kind=raw', // which keeps the order of sub-windows
  ]);
}

/** One model, from all windows, which are assigned by it at the end: what a stream learns on its way is not asked here. */
function segtide(input: readonly string[], out: string, settings: readonly string[]): Promise<TreeRun> {
  const all = [
    `window.origin=${ORIGIN}`,
    `encoder.kind=${flags.encoder}`,
    'encoder.init=fresh',
    'model.firstFit=1000000',
    ...settings,
  ];
  const sets = all.flatMap((setting) => ['--set', setting]);
  return runTree([
    process.execPath,
    MAIN,
    'run',
    ...input,
    '--segments',
    String(CLASSES),
    '--output',
    out,
    '-q',
    ...sets,
  ]);
}

function shorten(how: string): string[] {
  return [`series.resample=${how}`, `series.length=${SHORT}`];
}

/** A customer's segment is the one that it is in most often. */
function agreementOf(assignments: string): number {
  const last = new Map<string, { readonly customer: string; readonly segment: string | null }>();
  for (const line of readFileSync(assignments, 'utf8').trimEnd().split('\n')) {
    const { customerId, windowStart, segmentId } = JSON.parse(line);
    last.set(`${customerId} ${windowStart}`, { customer: customerId, segment: segmentId });
  }
  const counts = new Map<string, Map<string | null, number>>();
  for (const { customer, segment } of last.values()) {
    const own = counts.get(customer) ?? new Map<string | null, number>();
    counts.set(customer, own.set(segment, (own.get(segment) ?? 0) + 1));
  }
  const found = [...counts.values()].map(
    (own) => [...own].reduce((most, other) => (other[1] > most[1] ? other : most))[0],
  );
  return adjustedRandIndex(
    [...counts.keys()].map((id) => id.split('-')[0]),
    found,
  );
}

function printTable(): void {
  const sets = [...new Set(rows.map(({ set }) => set))];
  console.log(`| route | ${sets.map((set) => `ARI, ${set}`).join(' | ')} | CPU, s | wall, s | memory, MB |`);
  console.log(`| --- | ${sets.map(() => '--- |').join(' ')} --- | --- | --- |`);
  for (const route of new Set(rows.map((row) => row.route))) {
    const own = rows.filter((row) => row.route === route);
    const scores = sets.map((set) => mean(own.filter((row) => row.set === set).map(({ ari }) => ari)).toFixed(2));
    const total = (of: (used: TreeRun) => number) =>
      mean(own.map(({ used }) => used.reduce((sum, one) => sum + of(one), 0)));
    const most = Math.max(...own.flatMap(({ used }) => used.map(({ residentMb }) => residentMb)));
    const used = [total(({ cpu }) => cpu).toFixed(1), total(({ wall }) => wall).toFixed(1), most.toFixed(0)];
    console.log(`| ${[route, ...scores, ...used].join(' | ')} |`);
  }
}
