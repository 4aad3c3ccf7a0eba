// Windows per second of the VRAE on the kernel's engines beside PyTorch on one thread, and the part of the machine's peak of
// multiplications and additions that each reaches.
//
//   npx tsx bench/vrae-kernel.ts [--torch PYTHON --script bench_torch.py] [--seconds 0.3] [--rounds 3] [--only native]
//     [--node NODE]
//
// This prints the whole table: LSTM and GRU, native on one and two threads, and WebAssembly in each build that the Node
// takes. `--node` runs all of it on another Node, for relaxed SIMD.
//
// E is 140 steps, 90 units, 20 latents; S is 24 steps, 32 units, 8 latents; one channel. Training is a whole update:
// forward, loss, backward, clipping and Adam; inference goes to the posterior mean. Every round runs PyTorch's script
// once, and then each task on every engine in turn. Printed are medians over rounds, of rates and of ratios, and the ratio of the fastest single
// steps of all rounds, which is less at the mercy of what else the machine does.
import { execFileSync, spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { KernelEngine } from '../src/encode/vrae/engines/kernel-engine.js';
import { loadNativeAddon } from '../src/encode/vrae/engines/native/native-addon.js';
import { createNativeEngine } from '../src/encode/vrae/engines/native/native-engine.js';
import { createWasmEngine } from '../src/encode/vrae/engines/wasm/wasm-engine.js';
import { bestInstructions } from '../src/encode/vrae/engines/wasm/wasm-module.js';
import type { Cell } from '../src/encode/vrae/recurrent-engine.js';
import { resolveVrae } from '../src/encode/vrae/vrae-options.js';
import { toVraeShape } from '../src/encode/vrae/vrae-shape.js';
import { median } from './measure/statistics.js';
import { createInference, createUpdate, SHAPES } from './measure/vrae-workload.js';

interface Task {
  readonly kind: 'train' | 'infer';
  readonly cell: Cell;
  readonly shape: 'E' | 'S';
  readonly rows: number;
}

const TASKS: readonly Task[] = (['lstm', 'gru'] as const).flatMap((cell) =>
  (['E', 'S'] as const).flatMap((shape) => [
    ...[32, 256].map((rows): Task => ({ kind: 'train', cell, shape, rows })),
    ...[1, 32, 512].map((rows): Task => ({ kind: 'infer', cell, shape, rows })),
  ]),
);

const { values } = parseArgs({
  options: {
    torch: { type: 'string' },
    script: { type: 'string' },
    seconds: { type: 'string', default: '0.3' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    node: { type: 'string' },
  },
});
if (values.node !== undefined) {
  const rest = process.argv.slice(2).filter((each, i, all) => each !== '--node' && all[i - 1] !== '--node');
  const { status } = spawnSync(values.node, ['--import', 'tsx', import.meta.filename, ...rest], { stdio: 'inherit' });
  process.exit(status ?? 1);
}
const seconds = Number(values.seconds);

const found = loadNativeAddon();
if (!found.available) console.log(`native: ${found.reason}`);
const engines = new Map<string, KernelEngine>();
if (found.available) {
  engines.set('native', createNativeEngine());
  engines.set('native, 2 threads', createNativeEngine({ threads: 2 }));
}
engines.set('wasm, SIMD128', createWasmEngine({ instructions: 'simd128' }));
if (bestInstructions() === 'relaxed') engines.set('wasm, relaxed', createWasmEngine({ instructions: 'relaxed' }));
for (const name of engines.keys()) if (!name.startsWith(values.only)) engines.delete(name);

const peaks = new Map([...engines].map(([name, engine]) => [name, engine.measurePeak(0.5)]));
for (const [name, engine] of engines) {
  console.log(
    `${name}: Node ${process.versions.node}, ${engine.description}, ${(peaks.get(name)! / 1e9).toFixed(0)} GFLOP/s at most on one thread`,
  );
}

const runs = new Map(
  [...engines].flatMap(([name, engine]) => TASKS.map((task) => [`${name}|${label(task)}`, prepare(engine, task)])),
);
const rates = new Map<string, number[]>();
const fastest = new Map<string, number>();
const ratios = new Map<string, number[]>();
for (let round = 0; round < Number(values.rounds); round++) {
  const torch = runTorch();
  for (const task of TASKS) {
    for (const name of engines.keys()) {
      const key = `${name}|${label(task)}`;
      const rate = measure(key, task.rows);
      push(rates, key, rate);
      const other = torch.get(label(task));
      if (other !== undefined) push(ratios, key, rate / other);
    }
  }
  for (const [task, rate] of torch) push(rates, `PyTorch|${task}`, rate);
}

for (const task of TASKS) {
  const cells = [...engines.keys()].map((name) => {
    const rate = median(rates.get(`${name}|${label(task)}`)!);
    const ratio = ratios.get(`${name}|${label(task)}`);
    const best = fastest.get(`${name}|${label(task)}`)!;
    const bestRatio = best / fastest.get(`PyTorch|${label(task)}`)!;
    const peak = (100 * best * operations(task)) / peaks.get(name)!;
    const beside =
      ratio === undefined ? '' : ` = ${median(ratio).toFixed(2)} (fastest ${bestRatio.toFixed(2)}) × PyTorch`;
    return `${name} ${rate.toFixed(0)}${beside}, ${peak.toFixed(0)} % of peak`;
  });
  const torch = rates.get(`PyTorch|${label(task)}`);
  const threads = ratioOfThreads(label(task));
  if (threads !== undefined) cells.push(`2 threads / 1 thread ${threads.toFixed(2)}`);
  console.log(
    [label(task).padEnd(22), torch === undefined ? '' : `PyTorch ${median(torch).toFixed(0)}`, ...cells].join(' | '),
  );
}
for (const engine of engines.values()) engine.dispose();

/** Median over rounds of the rate on two threads over that on one, which was taken right before it. */
function ratioOfThreads(task: string): number | undefined {
  const one = rates.get(`native|${task}`);
  const two = rates.get(`native, 2 threads|${task}`);
  return one && two && median(two.map((rate, i) => rate / one[i]!));
}

function label({ kind, cell, shape, rows }: Task): string {
  return `${kind} ${cell} ${shape} B=${rows}`;
}

/** Floating-point operations of one window in the recurrent layers, which are nearly all of them. */
function operations({ kind, cell, shape }: Task): number {
  const { steps, hidden } = SHAPES[shape];
  const gates = cell === 'lstm' ? 4 : 3;
  const encoder = 2 * steps * gates * hidden * (hidden + 2);
  const decoder = 2 * steps * gates * hidden * (hidden + 1);
  return kind === 'train' ? 3 * (encoder + decoder) : encoder;
}

function prepare(engine: KernelEngine, { kind, cell, shape, rows }: Task): () => void {
  const { steps, ...sizes } = SHAPES[shape];
  const whole = toVraeShape(resolveVrae({ ...sizes, cell, bidirectional: false }), { steps, channels: 1 });
  return kind === 'train' ? createUpdate(engine, whole, rows) : createInference(engine, whole, rows);
}

function measure(key: string, rows: number): number {
  const run = runs.get(key)!;
  run();
  const start = performance.now();
  let calls = 0;
  let now = start;
  let least = Number.POSITIVE_INFINITY;
  while (now - start < seconds * 1000) {
    const before = now;
    run();
    calls++;
    now = performance.now();
    least = Math.min(least, now - before);
  }
  fastest.set(key, Math.max(fastest.get(key) ?? 0, (1000 * rows) / least));
  return (1000 * calls * rows) / (now - start);
}

/** Medians of PyTorch's script, by task. */
function runTorch(): Map<string, number> {
  const result = new Map<string, number>();
  if (values.torch === undefined || values.script === undefined) return result;
  const out = execFileSync(values.torch, [values.script, '1', values.seconds], { encoding: 'utf8' });
  for (const [, kind, cell, rows, steps, rate, best] of out.matchAll(
    /torch (train|infer) (lstm|gru) B=(\d+) T=(\d+) .*?: \d+\/(\d+)\/.*best step (\d+)/g,
  )) {
    const task = `${kind} ${cell} ${steps === '140' ? 'E' : 'S'} B=${rows}`;
    result.set(task, Number(rate));
    fastest.set(`PyTorch|${task}`, Math.max(fastest.get(`PyTorch|${task}`) ?? 0, Number(best)));
  }
  return result;
}

function push(to: Map<string, number[]>, key: string, value: number): void {
  const values = to.get(key) ?? [];
  values.push(value);
  to.set(key, values);
}
