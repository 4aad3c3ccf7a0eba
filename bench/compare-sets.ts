/**
 * Which encoder with which clustering method finds the classes of labelled sets: `segtide compare` on each of them, with as
 * many clusters as classes.
 *
 *   npx tsx bench/compare-sets.ts --data DIR [--sets A,B] [--encoders vrae,raw,features,compact,rocket,dtw,series]
 *     [--methods k-means,agglomerative,gaussian-mixture,k-medoids,hdbscan] [--seeds 2]
 *
 * DIR has files SET.csv.gz with a header and a row `label,s0,s1,…` a window. All windows are fitted and scored, as in
 * tables of clusterings elsewhere. Segments of the default embedding do not rest on its network, so that few updates do.
 * Prints for each set the best three, then the mean ARI times 100 over sets of each encoder by each method, with the number of
 * sets that had one, and the mean over sets of the best of each encoder.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ComparisonReport } from '../src/service/compare/comparison-report.js';
import { readWindowTable } from '../src/transport/file/read-window-table.js';
import { labelledSets } from './measure/labelled-sets.js';
import { runChild } from './measure/run-child.js';
import { mean } from './measure/statistics.js';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    sets: { type: 'string' },
    encoders: { type: 'string', default: 'vrae,raw,features,compact,rocket,dtw,series' },
    methods: { type: 'string', default: 'k-means,agglomerative,gaussian-mixture,k-medoids,hdbscan' },
    seeds: { type: 'string', default: '2' },
  },
});
const { data } = flags;
if (data === undefined) throw new Error('--data is needed: a folder of labelled sets');
const sets = flags.sets?.split(',') ?? labelledSets(data);
const scores = new Map<string, number[]>();
for (const set of sets) {
  const { candidates, failures } = await compare(join(data, `${set}.csv.gz`));
  for (const { encoder, method, ari } of candidates) add(`${encoder}, ${method}`, ari!);
  for (const encoder of new Set(candidates.map((candidate) => candidate.encoder))) {
    add(`${encoder}, best`, candidates.find((candidate) => candidate.encoder === encoder)!.ari!);
  }
  const best = candidates.slice(0, 3).map(({ encoder, method, ari }) => `${encoder} ${method} ${percent(ari!)}`);
  console.log(`${set}: ${best.join(', ')}${failures.length === 0 ? '' : `; ${failures.length} came to nothing`}`);
}
for (const encoder of flags.encoders.split(',')) {
  const cells = [...flags.methods.split(','), 'best'].map((method) => {
    const found = scores.get(`${encoder}, ${method}`);
    return `${method} ${found === undefined ? '–' : `${percent(mean(found))} (${found.length})`}`;
  });
  console.log(`${encoder}: ${cells.join(', ')}`);
}

async function compare(file: string): Promise<ComparisonReport> {
  const { labels } = await readWindowTable(file, { labelColumn: 'label' });
  const command = [process.execPath, '--import', 'tsx', join(import.meta.dirname, '../src/service/cli/main.ts')];
  const how = ['--windows', '--label-column', 'label', '-k', String(new Set(labels).size), '--seeds', flags.seeds];
  const which = ['--encoders', flags.encoders, '--methods', flags.methods, '--set', 'encoder.updates=20', '--json'];
  return runChild([...command, 'compare', file, ...how, ...which]).report as unknown as ComparisonReport;
}

function add(name: string, ari: number): void {
  scores.set(name, [...(scores.get(name) ?? []), ari]);
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
