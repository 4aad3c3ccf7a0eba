// Events in a file to assignments in a file, by the built command: windows of a day, the default encoder, six segments.
//
//   npx tsx bench/end-to-end.ts --data FILE.ndjson [--rounds N] [--reference SCRIPT.py] [--python PYTHON]
//
// Trains once, at the first fit. A last run is profiled, and says what each stage takes on each thread. The reference,
// a script that takes IN OUT --cell gru --orjson, runs in turn with ours where its python has torch; it encodes
// with random weights and trains no network. Build first: npm run build.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ChildRun, runChild } from './measure/run-child.js';
import { median, showMedian } from './measure/statistics.js';

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { functionName: string; url: string } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const NEVER = '1000000000';
/** Prints the peak of resident memory when the process ends, in MB; the last line of its output. */
const REPORT = `import { isMainThread } from 'node:worker_threads';
if (isMainThread) process.on('exit', () => console.log(JSON.stringify({ residentMb: process.resourceUsage().maxRSS / 1024 })));`;

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    reference: { type: 'string', default: '../shared/anchors/e2e/python_e2e.py' },
    python: { type: 'string', default: 'python3' },
  },
});
const { data } = flags;
if (data === undefined) throw new Error('usage: bench/end-to-end.ts --data FILE.ndjson');
const folder = mkdtempSync(join(tmpdir(), 'segtide-end-to-end-'));
try {
  const own: ChildRun[] = [];
  const peer: ChildRun[] = [];
  const withPeer = hasTorch();
  for (let round = 0; round < Number(flags.rounds); round++) {
    own.push(runSegtide(join(folder, `${round}`)));
    if (withPeer) peer.push(runPeer());
  }
  const { events, windows } = JSON.parse(readFileSync(join(folder, '0/summary.json'), 'utf8'));
  const show = (name: string, runs: readonly ChildRun[]): void => {
    const [wall, cpu] = [median(runs.map((run) => run.wall)), median(runs.map((run) => run.cpu))];
    const peaks = runs.flatMap(({ report }) => report.residentMb ?? []);
    const resident = peaks.length > 0 ? `${Math.max(...peaks).toFixed(0)} MB` : 'not known how much';
    console.log(
      `${name.padEnd(9)} ${wall.toFixed(2)} s wall, ${cpu.toFixed(2)} s CPU, ${Math.round(events.in / wall)} events/s, ` +
        `${Math.round(windows / wall)} windows/s, ${resident} resident at most (${runs.length} runs)`,
    );
  };
  show('segtide', own);
  if (withPeer) {
    show('reference', peer);
    const ratios = (of: (run: ChildRun) => number) => own.map((run, round) => of(peer[round]!) / of(run));
    console.log(`CPU seconds of the reference over ours: ${showMedian(ratios(({ cpu }) => cpu))}`);
    console.log(`wall seconds of the reference over ours: ${showMedian(ratios(({ wall }) => wall))}`);
  } else console.log('no reference, or no torch: our own runs only');
  const profiles = join(folder, 'profiles');
  runSegtide(join(folder, 'profiled'), ['--cpu-prof', '--cpu-prof-dir', profiles]);
  for (const file of readdirSync(profiles)) {
    const stages = toStages(JSON.parse(readFileSync(join(profiles, file), 'utf8')));
    const parts = stages.map(([stage, seconds]) => `${stage} ${seconds.toFixed(2)}`);
    console.log(`CPU seconds of a thread: ${parts.join(', ')}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function runSegtide(output: string, options: readonly string[] = []): ChildRun {
  const main = join(import.meta.dirname, '../dist/service/cli/main.js');
  const mapping = [
    '--customer',
    'customerId',
    '--time',
    'timestamp',
    '--value',
    'value',
    '--set',
    'input.time.unit=ms',
  ];
  const retrain = [`everyWindows=${NEVER}`, `everyWindowLengths=${NEVER}`, 'onDrift=false'];
  const once = retrain.flatMap((setting) => ['--set', `model.retrain.${setting}`]);
  const report = ['--import', `data:text/javascript,${encodeURIComponent(REPORT)}`];
  const run = ['run', data!, ...mapping, '--step', 'hour', '--steps', '24', '-k', '6', ...once, '-q', '-o', output];
  return runChild([process.execPath, ...options, ...report, main, ...run]);
}

function runPeer(): ChildRun {
  const threads = { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
  const command = [flags.python, flags.reference, data!, join(folder, 'peer.ndjson'), '--cell', 'gru', '--k', '6', '--orjson'];
  return runChild(command, threads);
}

function hasTorch(): boolean {
  try {
    runChild([flags.python, '-c', `import torch, sklearn; open(${JSON.stringify(flags.reference)})`]);
    return true;
  } catch {
    return false;
  }
}

/** Seconds of each stage, by the folder in which the running function lies; the most first. */
function toStages({ nodes, samples, timeDeltas }: Profile): (readonly [string, number])[] {
  const stageOf = new Map(nodes.map(({ id, callFrame }) => [id, toStage(callFrame)]));
  const seconds = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const stage = stageOf.get(id)!;
    if (stage !== 'idle') seconds.set(stage, (seconds.get(stage) ?? 0) + timeDeltas[i]! / 1e6);
  }
  return [...seconds].filter(([, one]) => one >= 0.01).sort(([, a], [, b]) => b - a);
}

function toStage({ functionName, url }: { readonly functionName: string; readonly url: string }): string {
  if (functionName === '(idle)') return 'idle';
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (url.includes('/node_modules/')) return 'packages';
  return url.match(/\/dist\/([^/]+)\//)?.[1] ?? 'node';
}
