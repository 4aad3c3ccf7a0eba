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
}
