// Events in a file to assignments in a file, by the built command: windows of a day, the default encoder, six segments.
//
//   npx tsx bench/end-to-end.ts --data FILE.ndjson [--rounds N] [--reference SCRIPT.py] [--python PYTHON]
//
// Three runs of ours in turn: one that trains once, at the first fit; one that starts with a model and trains none; and the
// same with an embedding of latents alone. A last run of the first is profiled, and says what each stage takes on each
// thread. The reference, a script that takes IN OUT --cell gru --orjson, runs in turn with ours where its python has torch;
// it encodes with random weights and trains no network. Build first: npm run build.
import { execFileSync } from 'node:child_process';
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
const MAIN = join(import.meta.dirname, '../dist/service/cli/main.js');
const MAPPING =
  '--customer customerId --time timestamp --value value --set input.time.unit=ms --step hour --steps 24 -k 6'.split(
    ' ',
  );
const LATENTS = ['--set', 'encoder.views=[]'];
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
  const variants = [
    { name: 'with training', settings: [] },
    { name: 'with a model', settings: ['--model', train('model', [])] },
    { name: 'with a model, views: []', settings: [...LATENTS, '--model', train('latents', LATENTS)] },
  ].map((variant) => ({ ...variant, runs: [] as ChildRun[] }));
  const peer: ChildRun[] = [];
  const withPeer = hasTorch();
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const { name, settings, runs } of variants) runs.push(runSegtide(join(folder, `${name} ${round}`), settings));
    if (withPeer) peer.push(runPeer());
  }
  const { events, windows } = JSON.parse(readFileSync(join(folder, 'with training 0/summary.json'), 'utf8'));
  const show = (name: string, runs: readonly ChildRun[]): void => {
    const [wall, cpu] = [median(runs.map((run) => run.wall)), median(runs.map((run) => run.cpu))];
    const peaks = runs.flatMap(({ report }) => report.residentMb ?? []);
    const resident = peaks.length > 0 ? `${Math.max(...peaks).toFixed(0)} MB` : 'not known how much';
    console.log(
      `${name.padEnd(24)} ${wall.toFixed(2)} s wall, ${cpu.toFixed(2)} s CPU, ${Math.round(events.in / wall)} events/s, ` +
        `${Math.round(windows / wall)} windows/s, ${resident} resident at most (${runs.length} runs)`,
    );
  };
  if (withPeer) show('reference', peer);
  else console.log('no reference, or no torch: our own runs only');
  for (const { name, runs } of variants) {
    show(name, runs);
    if (!withPeer) continue;
    const ratios = (of: (run: ChildRun) => number) => runs.map((run, round) => of(peer[round]!) / of(run));
    console.log(
      `  reference over it: ${showMedian(ratios(({ cpu }) => cpu))} by CPU, ${showMedian(ratios(({ wall }) => wall))} by wall`,
    );
  }
  const profiles = join(folder, 'profiles');
  runSegtide(join(folder, 'profiled'), [], ['--cpu-prof', '--cpu-prof-dir', profiles]);
  for (const file of readdirSync(profiles)) {
    const stages = toStages(JSON.parse(readFileSync(join(profiles, file), 'utf8')));
    const parts = stages.map(([stage, seconds]) => `${stage} ${seconds.toFixed(2)}`);
    console.log(`CPU seconds of a thread: ${parts.join(', ')}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function runSegtide(output: string, settings: readonly string[], options: readonly string[] = []): ChildRun {
  const retrain = [`everyWindows=${NEVER}`, `everyWindowLengths=${NEVER}`, 'onDrift=false'];
  const once = retrain.flatMap((setting) => ['--set', `model.retrain.${setting}`]);
  const report = ['--import', `data:text/javascript,${encodeURIComponent(REPORT)}`];
  const run = ['run', data!, ...MAPPING, ...once, ...settings, '-q', '-o', output];
  return runChild([process.execPath, ...options, ...report, MAIN, ...run]);
}

/** A model file of the whole data. */
function train(name: string, settings: readonly string[]): string {
  const path = join(folder, `${name}.safetensors`);
  execFileSync(process.execPath, [MAIN, 'train', data!, ...MAPPING, ...settings, '-q', '-o', path]);
  return path;
}

function runPeer(): ChildRun {
  const threads = { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
  const command = [
    flags.python,
    flags.reference,
    data!,
    join(folder, 'peer.ndjson'),
    ...'--cell gru --k 6 --orjson'.split(' '),
  ];
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
