/**
 * What segtide does when behaviour changes, beside online k-means and refits: labelled series are replayed as events of
 * 200 customers over 20 windows, with a planted change half way. `segtide run` as it is built reads the events with its
 * default settings and k; the others read the windows.
 *
 *   npm run build && npx tsx bench/drift-streams.ts --scripts FOLDER --data FOLDER --python venv/bin/python
 *     [--sets CBF] [--scenarios shape] [--seeds 0,1,2] [--methods refit,static] [--results rows.jsonl] [--set KEY=VALUE]...
 *
 * SCRIPTS has `make_stream.py`, `run_baselines.py` (needs River and scikit-learn), `bench.py` and `score.py`, and is
 * written to; DATA has files SET.csv.gz with a header and a row `label,s0,s1,...` a window. Rows that `--results` has
 * already are not measured again. ARI is over blocks of 200 windows; `lag` is in windows from the change to the end of
 * the first block at 95 % of what `refit` had before it.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type DriftProtocol,
  type DriftStream,
  makeDriftStream,
  readMeta,
  writeEvents,
} from './measure/drift-stream.js';
import { printDriftTables } from './measure/drift-tables.js';

/** A scored run, as `score.py` tells it. */
export interface DriftRow extends DriftStream {
  readonly method: string;
  readonly drift_at: number;
  readonly ari_before: number;
  readonly ari_end: number;
  readonly id_stability: number;
  readonly false_move_rate: number;
  /** Windows so far, and the ARI and NMI of the last 200 of them. */
  readonly curve: readonly (readonly [end: number, ari: number, nmi: number])[];
}

const MAIN = join(import.meta.dirname, '../dist/service/cli/main.js');

main();

function main(): void {
  const { values: flags } = parseArgs({
    options: {
      scripts: { type: 'string' },
      data: { type: 'string' },
      python: { type: 'string', default: 'python3' },
      sets: { type: 'string', default: 'SyntheticControl,CBF,ECG5000,MelbournePedestrian,usage_synth56' },
      scenarios: { type: 'string', default: 'none,mix,shape,new,swap,reshape,gradual' },
      seeds: { type: 'string', default: '0,1,2' },
      methods: {
        type: 'string',
        default:
          'segtide,static,refit,refit_every,mbk,mbk_pca,mbk_forget,river_kmeans,river_kmeans_hl05,streamkmeans,clustream',
      },
      results: { type: 'string', default: join(tmpdir(), 'drift-streams.jsonl') },
      set: { type: 'string', multiple: true, default: [] },
    },
  });
  if (flags.scripts === undefined || flags.data === undefined) throw new Error('--scripts and --data name folders');
  const protocol: DriftProtocol = { scripts: flags.scripts, data: flags.data, python: flags.python };
  const methods = flags.methods.split(',');
  const streams = flags.sets.split(',').flatMap((set) =>
    flags.scenarios
      .split(',')
      // Its rare classes have too few series for a change of shares.
      .filter((scenario) => set !== 'ECG5000' || scenario !== 'mix')
      .flatMap((scenario) =>
        flags.seeds.split(',').map((seed): DriftStream => ({ set, scenario, seed: Number(seed) })),
      ),
  );
  for (const stream of streams) {
    const folder = makeDriftStream(stream, protocol);
    const known = readRows(flags.results).filter((row) => isOf(row, stream));
    const missing = methods.filter((method) => !known.some((row) => row.method === method));
    const others = missing.filter((method) => method !== 'segtide');
    if (others.length > 0) runOthers(stream, others, protocol, flags.results);
    if (missing.includes('segtide')) {
      const row = runSegtide(stream, folder, protocol, flags.set);
      appendFileSync(flags.results, `${JSON.stringify(row)}\n`);
    }
    const rows = readRows(flags.results).filter((row) => isOf(row, stream) && methods.includes(row.method));
    console.error(
      [
        `${stream.set} ${stream.scenario} ${stream.seed}:`,
        ...rows.map((row) => `${row.method} ${row.ari_before} > ${row.ari_end}`),
      ].join('  '),
    );
  }
  const all = readRows(flags.results);
  printDriftTables(
    all.filter((row) => methods.includes(row.method) && streams.some((stream) => isOf(row, stream))),
    all.filter(({ method }) => method === 'refit'),
  );
}

function isOf(row: DriftStream, { set, scenario, seed }: DriftStream): boolean {
  return row.set === set && row.scenario === scenario && row.seed === seed;
}

function readRows(path: string): readonly DriftRow[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function runOthers(
  { set, scenario, seed }: DriftStream,
  methods: readonly string[],
  protocol: DriftProtocol,
  results: string,
) {
  const script = join(protocol.scripts, 'bench.py');
  execFileSync(protocol.python, [script, set, scenario, methods.join(), String(seed), results], { stdio: 'ignore' });
}

function runSegtide(
  stream: DriftStream,
  folder: string,
  { scripts, python }: DriftProtocol,
  settings: readonly string[],
): DriftRow {
  const work = mkdtempSync(join(tmpdir(), 'drift-streams-'));
  try {
    const events = join(work, 'events.ndjson');
    const output = join(work, 'out');
    writeEvents(folder, events);
    const { T: steps, k } = readMeta(folder);
    const given = [
      'input.fields.time=ts',
      'input.time.unit=ms',
      'input.channels=[{name: value, field: value}]',
      'window.step=1h',
      `window.steps=${steps}`,
      `cluster.k=${k}`,
      ...settings,
    ];
    const options = given.flatMap((setting) => ['--set', setting]);
    execFileSync('node', [MAIN, 'run', events, ...options, '--output', output], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const score = join(work, 'score.json');
    const labels = join(output, 'assignments.ndjson');
    execFileSync(python, [join(scripts, 'score.py'), join(folder, 'truth.csv'), labels, '--json', score]);
    return { ...JSON.parse(readFileSync(score, 'utf8')), ...stream, method: 'segtide' };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
