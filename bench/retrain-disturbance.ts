// What a retraining does to the stream that goes on beside it: events a second and the longest stall of the event loop,
// with and without one, by the built command on files, one thread for parsing and pipeline.
//
//   npx tsx bench/retrain-disturbance.ts [--rounds 5] [--customers 2000] [--days 40]
//
// Three runs in turn over the same simulated stream, all from the same model: undisturbed; beside a retraining that begins
// with the first waves and outlasts the stream; and the same with another process that keeps a core busy throughout. The
// loop's delay is sampled every 2 ms from the first window on. Build first: npm run build.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChild } from './measure/run-child.js';
import { median, showMedian } from './measure/statistics.js';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    customers: { type: 'string', default: '2000' },
    days: { type: 'string', default: '40' },
  },
});
const MAIN = join(import.meta.dirname, '../dist/service/cli/main.js');
const NEVER = 'model.retrain.everyWindows=1000000000';
const SETTINGS = [
  'model.retrain.onDrift=false',
  'model.retrain.everyWindowLengths=1000000',
  'model.retrain.minInterval=1h',
];
/** It begins after so many windows, and would take effect, and end, long after the stream. */
const RETRAINING = [
  'model.retrain.everyWindows=2560',
  'model.retrain.swapAfterWindows=2560000000',
  'model.retrain.warmUpdates=10000000',
];
/** Of the process that runs the pipeline, which is not one of those that train: the longest delays of its event loop. */
const REPORT = `import { isMainThread } from 'node:worker_threads';
import { monitorEventLoopDelay } from 'node:perf_hooks';
if (isMainThread && process.send === undefined) {
  const delay = monitorEventLoopDelay({ resolution: 2 });
  // Loading the program is no part of the stream.
  setTimeout(() => delay.enable(), 500);
  process.on('exit', () => console.log(JSON.stringify({ stallMs: delay.max / 1e6, p99Ms: delay.percentile(99) / 1e6 })));
}`;

interface Run {
  readonly eventsPerSecond: number;
  readonly stallMs: number;
  readonly p99Ms: number;
}

const folder = mkdtempSync(join(tmpdir(), 'segtide-disturbance-'));
try {
  const data = join(folder, 'data');
  segtide(['simulate', data, '--customers', flags.customers, '--days', flags.days]);
  const model = join(folder, 'model.safetensors');
  segtide(['train', '--config', configOf(data), '-q', '-o', model]);
  const variants = [
    { name: 'undisturbed', settings: [NEVER], busy: 0, runs: [] as Run[] },
    { name: 'beside a retraining', settings: RETRAINING, busy: 0, runs: [] as Run[] },
    { name: 'undisturbed, a core busy', settings: [NEVER], busy: 1, runs: [] as Run[] },
    { name: 'beside a retraining, a core busy', settings: RETRAINING, busy: 1, runs: [] as Run[] },
  ];
  const load = loadavg()[0]!.toFixed(1);
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const { name, settings, busy, runs } of variants) {
      runs.push(run(data, model, settings, join(folder, `${name} ${round}`), busy));
    }
  }
  console.log(`${availableParallelism()} cores, load ${load} at the beginning, ${flags.rounds} rounds`);
  for (const [i, { name, runs }] of variants.entries()) {
    const of = (pick: (one: Run) => number): number[] => runs.map(pick);
    const calm = variants[i - (i % 2)]!.runs;
    const ratio =
      i % 2 === 0
        ? ''
        : `, ${showMedian(runs.map((one, round) => one.eventsPerSecond / calm[round]!.eventsPerSecond))} of undisturbed`;
    const rate = Math.round(median(of((one) => one.eventsPerSecond)));
    const stall = of((one) => one.stallMs);
    console.log(
      `${name.padEnd(34)} ${rate} events/s${ratio}; longest stall ${median(stall).toFixed(0)} ms (at most ${Math.max(...stall).toFixed(0)}), 99 % below ${median(of((one) => one.p99Ms)).toFixed(1)} ms`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}

function segtide(args: readonly string[]): void {
  execFileSync(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The config that the simulator writes beside its events. */
function configOf(data: string): string {
  return join(data, 'segtide.yaml');
}

function run(data: string, model: string, settings: readonly string[], output: string, busy: number): Run {
  const burners = Array.from({ length: busy }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  try {
    const set = [...SETTINGS, ...settings].flatMap((setting) => ['--set', setting]);
    const report = ['--import', `data:text/javascript,${encodeURIComponent(REPORT)}`];
    const command = ['run', '--config', configOf(data), '--model', model, ...set, '-q', '-o', output];
    const { stallMs, p99Ms } = runChild([process.execPath, ...report, MAIN, ...command]).report;
    const summary = JSON.parse(readFileSync(join(output, 'summary.json'), 'utf8'));
    return { eventsPerSecond: summary.eventsPerSecond, stallMs: stallMs!, p99Ms: p99Ms! };
  } finally {
    for (const burner of burners) burner.kill('SIGKILL');
  }
}
