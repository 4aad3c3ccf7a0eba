/**
 * What a retraining on a timer is worth, with and without those that drift asks for: `segtide run` as it is built reads
 * labelled series, replayed as events of 100 customers over 20 windows with a planted change half way.
 *
 *   npm run build && npx tsx bench/retrain-periods.ts --scripts FOLDER --data FOLDER --python venv/bin/python
 *     [--sets usage_synth56] [--scenarios none,mix] [--seeds 0] [--periods 1,2,4,10,never] [--drift true,false]
 *     [--customers 100] [--updates 200] [--results rows.jsonl]
 *
 * Folders are as of bench/drift-streams.ts. A period is in window lengths; `never` retrains when drift asks for it, or
 * while a model is young. Segments of the default embedding do not rest on the VRAE, so that few updates do. Printed are
 * the adjusted Rand index in the mean after the change, customers who are told to have moved and have not, trainings
 * after the first model, and CPU seconds. Rows that `--results` has are not measured again.
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
import { runChild } from './measure/run-child.js';
import { mean } from './measure/statistics.js';

interface PeriodRow extends DriftStream {
  readonly period: string;
  readonly onDrift: boolean;
  readonly ariAfter: number;
  readonly falseMoves: number;
  readonly trainings: number;
  readonly cpu: number;
}

const MAIN = join(import.meta.dirname, '../dist/service/cli/main.js');
/** More than any stream has. */
const NEVER = 1_000_000;

const { values: flags } = parseArgs({
  options: {
    scripts: { type: 'string' },
    data: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    sets: { type: 'string', default: 'usage_synth56' },
    scenarios: { type: 'string', default: 'none,mix,shape,new,gradual' },
    seeds: { type: 'string', default: '0' },
    periods: { type: 'string', default: '1,2,4,10,never' },
    drift: { type: 'string', default: 'true,false' },
    customers: { type: 'string', default: '100' },
    updates: { type: 'string', default: '200' },
    results: { type: 'string', default: join(tmpdir(), 'retrain-periods.jsonl') },
  },
});
if (flags.scripts === undefined || flags.data === undefined) throw new Error('--scripts and --data name folders');
const protocol: DriftProtocol = {
  scripts: flags.scripts,
  data: flags.data,
  python: flags.python,
  customers: Number(flags.customers),
};
const [scenarios, periods] = [flags.scenarios.split(','), flags.periods.split(',')];
const streams = flags.seeds
  .split(',')
  .flatMap((seed) =>
    flags.sets
      .split(',')
      .flatMap((set) => scenarios.map((scenario): DriftStream => ({ set, scenario, seed: Number(seed) }))),
  );

for (const onDrift of flags.drift.split(',').map((word) => word === 'true')) {
  for (const stream of streams) for (const period of periods) measure(stream, period, onDrift);
}
print();

function measure(stream: DriftStream, period: string, onDrift: boolean): void {
  const isKnown = readRows().some(
    (row) =>
      row.set === stream.set &&
      row.scenario === stream.scenario &&
      row.seed === stream.seed &&
      row.period === period &&
      row.onDrift === onDrift,
  );
  if (isKnown) return;
  const folder = makeDriftStream(stream, protocol);
  const work = mkdtempSync(join(tmpdir(), 'retrain-periods-'));
  try {
    const row = { ...stream, period, onDrift, ...run(folder, work, period, onDrift) };
    appendFileSync(flags.results, `${JSON.stringify(row)}\n`);
    console.error(JSON.stringify(row));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function run(folder: string, work: string, period: string, onDrift: boolean) {
  const [events, output, score] = ['events.ndjson', 'out', 'score.json'].map((name) => join(work, name)) as [
    string,
    string,
    string,
  ];
  writeEvents(folder, events);
  const { T: steps, k, customers } = readMeta(folder);
  const every = period === 'never' ? NEVER : Number(period) * customers;
  const options = [
    'input.fields.time=ts',
    'input.time.unit=ms',
    'input.channels=[{name: value, field: value}]',
    'window.step=1h',
    `window.steps=${steps}`,
    `cluster.k=${k}`,
    `encoder.updates=${flags.updates}`,
    `model.retrain.everyWindows=${every}`,
    // Counts alone: time would wait for as many windows as a first model needs.
    `model.retrain.everyWindowLengths=${NEVER}`,
    `model.retrain.onDrift=${onDrift}`,
  ].flatMap((setting) => ['--set', setting]);
  const { cpu } = runChild(['node', MAIN, 'run', events, ...options, '--output', output]);
  const happened = readLines<{ event: string; reasons: readonly string[] }>(join(output, 'model-events.ndjson'));
  const fitted = happened.filter(({ reasons }) => !reasons.some((reason) => /^(provisional|first fit)/.test(reason)));
  const labels = join(output, 'assignments.ndjson');
  execFileSync(flags.python, [join(protocol.scripts, 'score.py'), join(folder, 'truth.csv'), labels, '--json', score], {
    stdio: 'ignore',
  });
  const { curve, drift_at, false_move_rate } = JSON.parse(readFileSync(score, 'utf8'));
  const after = (curve as readonly (readonly number[])[]).filter(([end]) => end! > drift_at);
  return {
    ariAfter: mean(after.map(([, ari]) => ari!)),
    falseMoves: Number(false_move_rate),
    trainings: fitted.length,
    cpu,
  };
}

function print(): void {
  const rows = readRows().filter(({ set, seed, scenario }) =>
    streams.some((stream) => stream.set === set && stream.seed === seed && stream.scenario === scenario),
  );
  const heads = ['on drift', 'every', ...scenarios, 'mean', 'trainings', 'CPU s'];
  console.log(`| ${heads.join(' | ')} |\n|${heads.map((_, i) => (i < 2 ? ' --- ' : ' --: ')).join('|')}|`);
  for (const onDrift of [true, false]) {
    for (const period of periods) {
      const own = rows.filter((row) => row.period === period && row.onDrift === onDrift);
      if (own.length === 0) continue;
      const cells = scenarios.map((scenario) => cellOf(own.filter((row) => row.scenario === scenario)));
      const cost = [mean(own.map((row) => row.trainings)).toFixed(1), mean(own.map((row) => row.cpu)).toFixed(0)];
      console.log(`| ${[onDrift ? 'yes' : 'no', period, ...cells, cellOf(own), ...cost].join(' | ')} |`);
    }
  }
}

/** ARI after the change, and the share of false moves. */
function cellOf(rows: readonly PeriodRow[]): string {
  if (rows.length === 0) return '–';
  const falseMoves = mean(rows.map((row) => row.falseMoves));
  return `${mean(rows.map((row) => row.ariAfter)).toFixed(2)}, ${(100 * falseMoves).toFixed(0)} %`;
}

function readRows(): readonly PeriodRow[] {
  return existsSync(flags.results) ? readLines(flags.results) : [];
}

function readLines<T>(path: string): T[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
