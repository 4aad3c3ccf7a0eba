/**
 * How well segments find the classes of labelled sets, on windows that were not fitted: every set is split into halves by
 * the seed, each is fitted by itself, and the other half is assigned and scored. k is the number of classes.
 *
 *   npx tsx bench/embedding-quality.ts --data DIR [--quick] [--sets A,B] [--seeds 1,2,3,4,5] [--methods default,kmeans-z]
 *     [--k auto] [--json FILE]
 *
 * DIR has files SET.csv.gz with a header and a row `label,s0,s1,…` a window. `--quick` takes six sets and two seeds.
 * Prints the mean ARI and NMI times 100 of each set and method over seeds and halves, their mean over sets, and each
 * method's mean rank.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readWindowTable } from '../src/transport/file/read-window-table.js';
import { labelledSets } from './measure/labelled-sets.js';
import { isMethod, METHODS, type MethodName, scoreMethod } from './measure/quality-methods.js';
import { mean } from './measure/statistics.js';

const QUICK_SETS = [
  'CBF',
  'MelbournePedestrian',
  'PowerCons',
  'SyntheticControl',
  'TwoLeadECG',
  'SonyAIBORobotSurface1',
];

interface Row {
  readonly set: string;
  readonly method: MethodName;
  readonly ari: number;
  readonly deviation: number;
  readonly nmi: number;
  readonly k: number;
  readonly seconds: number;
}

await main();

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      data: { type: 'string' },
      quick: { type: 'boolean', default: false },
      sets: { type: 'string' },
      seeds: { type: 'string' },
      methods: { type: 'string', default: 'default' },
      k: { type: 'string' },
      json: { type: 'string' },
    },
  });
  if (flags.data === undefined) throw new Error('--data is needed: a folder of labelled sets');
  const sets = flags.sets?.split(',') ?? (flags.quick ? QUICK_SETS : labelledSets(flags.data));
  const seeds = (flags.seeds ?? (flags.quick ? '1,2' : '1,2,3,4,5')).split(',').map(Number);
  const methods = (flags.methods === 'all' ? Object.keys(METHODS) : flags.methods.split(',')).map((name) => {
    if (!isMethod(name)) throw new Error(`--methods knows ${Object.keys(METHODS).join(', ')}; got ${name}`);
    return name;
  });
  const rows: Row[] = [];
  for (const set of sets) {
    for (const method of methods) {
      const row = await measure(flags.data, set, method, seeds, flags.k === 'auto');
      rows.push(row);
      console.log(
        `${set.padEnd(24)} ${method.padEnd(22)} ARI ${show(row.ari)} ±${show(row.deviation)}  NMI ${show(row.nmi)}  ` +
          `k ${row.k.toFixed(1)}  ${row.seconds.toFixed(1)} s a fit`,
      );
    }
  }
  for (const method of methods) {
    const own = rows.filter((row) => row.method === method);
    const rank = mean(own.map((row) => rankOf(row, rows)));
    console.log(
      `${`mean of ${own.length}`.padEnd(24)} ${method.padEnd(22)} ARI ${show(mean(own.map((row) => row.ari)))}  ` +
        `NMI ${show(mean(own.map((row) => row.nmi)))}  rank ${rank.toFixed(2)}`,
    );
  }
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(rows, undefined, 1)}\n`);
}

async function measure(
  folder: string,
  set: string,
  method: MethodName,
  seeds: readonly number[],
  autoK: boolean,
): Promise<Row> {
  const table = await readWindowTable(join(folder, `${set}.csv.gz`), { labelColumn: 'label' });
  const started = performance.now();
  const scores = [];
  for (const seed of seeds) {
    for (const fold of [0, 1] as const) scores.push(await scoreMethod(method, table, { seed, fold, autoK }));
  }
  const aris = scores.map(({ ari }) => ari);
  return {
    set,
    method,
    ari: mean(aris),
    deviation: Math.sqrt(mean(aris.map((ari) => (ari - mean(aris)) ** 2))),
    nmi: mean(scores.map(({ nmi }) => nmi)),
    k: mean(scores.map(({ k }) => k)),
    seconds: (performance.now() - started) / 1000 / scores.length,
  };
}

/** 1 for the best of a set; equals share their ranks. */
function rankOf(row: Row, rows: readonly Row[]): number {
  const others = rows.filter(({ set, method }) => set === row.set && method !== row.method);
  const better = others.filter(({ ari }) => ari > row.ari).length;
  const equal = others.filter(({ ari }) => ari === row.ari).length;
  return 1 + better + equal / 2;
}

function show(share: number): string {
  return (100 * share).toFixed(1).padStart(5);
}
