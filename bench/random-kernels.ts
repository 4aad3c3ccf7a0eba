<<<<<<<< HEAD:bench/random-kernels.ts
// Microseconds a window of the random-kernel features (420 of them, batches of 256 windows, one thread) on every engine,
// beside aeon's MiniRocket on the same windows.
//
//   npx tsx bench/random-kernels.ts [--aeon PYTHON] [--seconds 0.3] [--rounds 5]
//
// Every round asks aeon and then every engine, one shape after the other, so that what else the machine does meets all
// alike. Printed are medians over rounds, and the median of the rounds' ratios with aeon's compiled function alone.
import { parseArgs } from 'node:util';
import type { RandomKernelEngine } from '../src/encode/views/random-kernel-engine.js';
import { loadNativeAddon } from '../src/encode/vrae/engines/native/native-addon.js';
import { createNativeEngine } from '../src/encode/vrae/engines/native/native-engine.js';
import { createWasmEngine } from '../src/encode/vrae/engines/wasm/wasm-engine.js';
import { createTransform, createUsageWindows, type KernelShape, startAeon } from './measure/random-kernel-workload.js';
import { median } from './measure/statistics.js';

const SHAPES: readonly KernelShape[] = [
  { steps: 24, channels: 1 },
  { steps: 140, channels: 1 },
  { steps: 500, channels: 1 },
  { steps: 24, channels: 3 },
  { steps: 140, channels: 7 },
];
const BATCH = 256;

const { values } = parseArgs({
  options: {
    aeon: { type: 'string' },
    seconds: { type: 'string', default: '0.3' },
    rounds: { type: 'string', default: '5' },
  },
});
const seconds = Number(values.seconds);

const engines = new Map<string, Partial<RandomKernelEngine>>();
if (loadNativeAddon().available) {
  for (const instructions of ['avx512', 'avx2', 'baseline'] as const) {
    const engine = createNativeEngine({ instructions });
    engines.set(`native ${engine.description.split(',')[0]}`, engine);
  }
}
engines.set('wasm', createWasmEngine());
engines.set('js', {});

const aeon = values.aeon === undefined ? undefined : startAeon(values.aeon, SHAPES, BATCH);
for (const shape of SHAPES) {
  const windows = createUsageWindows(shape, BATCH);
  const runs = [...engines].map(([name, engine]) => ({ name, run: createTransform(windows, engine) }));
  const times = new Map<string, number[]>();
  for (let round = 0; round < Number(values.rounds); round++) {
    const reference = await aeon?.measure(shape, seconds);
    if (reference !== undefined) {
      push(times, 'aeon', reference.compiled.median);
      push(times, 'aeon public', reference.public.median);
    }
    for (const { name, run } of runs) {
      const time = measure(run);
      push(times, name, time);
      if (reference !== undefined) push(times, `${name} ratio`, reference.compiled.median / time);
    }
  }
  const show = (name: string): string => {
    const ratio = times.get(`${name} ratio`);
    const beside = ratio === undefined ? '' : ` (${median(ratio).toFixed(1)} × as fast as aeon)`;
    return `${name} ${median(times.get(name)!).toFixed(2)}${beside}`;
  };
  const names = [...times.keys()].filter((name) => !name.endsWith(' ratio'));
  console.log(`T=${shape.steps} C=${shape.channels} µs a window: ${names.map(show).join(' | ')}`);
}
aeon?.close();

/** Median microseconds a window. */
function measure(run: () => void): number {
  run();
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const start = performance.now();
    run();
    times.push(((performance.now() - start) * 1000) / BATCH);
  }
  return median(times);
}

function push(to: Map<string, number[]>, key: string, value: number): void {
  const values = to.get(key) ?? [];
  values.push(value);
  to.set(key, values);
========
/**
 * Features of windows against the packages that the field takes for them, in one run: CPU time on one core, rounds taken
 * in turn over fresh windows.
 *
 *   npx tsx bench/features.ts [--python python3] [--steps 24,60,140,500] [--rounds 5]
 *
 * Prints microseconds a window of each, the median ratio with its 95 % interval, and the share of features that differ
 * by more than 1e-6. The python must have numpy and pycatch22.
 */
import { parseArgs } from 'node:util';
import { catch22Round } from './measure/catch22-rounds.js';
import { median, showMedian } from './measure/statistics.js';

const { values: flags } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    steps: { type: 'string', default: '24,60,140,500' },
    rounds: { type: 'string', default: '5' },
  },
});
const lengths = flags.steps.split(',').map(Number);
const seeds = Array.from({ length: Number(flags.rounds) }, (_, round) => round + 1);
/** Steps of all windows of a round together. */
const ROUND_STEPS = 60_000;

const rounds = seeds.map((seed) =>
  lengths.map((steps) => catch22Round(flags.python, steps, Math.ceil(ROUND_STEPS / steps), seed)),
);
for (const [i, steps] of lengths.entries()) {
  const runs = rounds.map((round) => round[i]!);
  const ours = median(runs.map((run) => run.ours)).toFixed(1);
  const theirs = median(runs.map((run) => run.theirs)).toFixed(1);
  const ratio = showMedian(
    runs.map((run) => run.theirs / run.ours),
    2,
  );
  const differing = Math.max(...runs.map((run) => run.differing));
  console.log(
    `catch22  ${String(steps).padStart(4)} steps  segtide ${ours.padStart(7)} us  pycatch22 ${theirs.padStart(7)} us  ` +
      `ratio ${ratio}  differing ${(100 * differing).toFixed(3)} %`,
  );
>>>>>>>> views:bench/features.ts
}
