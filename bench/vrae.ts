// Series per second of training and inference, each engine that is there, in one run.
//
//   npx tsx bench/vrae.ts [--engines native,wasm,js] [--shapes S,E] [--cell lstm] [--seconds 1] [--rounds 5]
//     [--threads 1] [--torch VENV]
//
// S is 24 steps, 32 units, 8 latents; E is 140 steps, 90 units, 20 latents; one channel. A training step is all of an
// update but dealing the series out: forward, backward, clipping and Adam; inference goes to the posterior mean. Rounds
// are taken in turn over engines, and the median of them is printed, with the least and the most. PyTorch runs on one
// thread (bench/reference/vrae_torch.py).
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openEngine } from '../src/encode/vrae/engines/open-engine.js';
import type { Cell, EngineName } from '../src/encode/vrae/recurrent-engine.js';
import { resolveVrae } from '../src/encode/vrae/vrae-options.js';
import { toVraeShape } from '../src/encode/vrae/vrae-shape.js';
import { createInference, createUpdate, SHAPES } from './measure/vrae-workload.js';

/** One thing to measure: a name and the series that one call takes. */
interface Workload {
  readonly name: string;
  readonly rows: number;
  run(): void;
}

const TRAINING_ROWS = [32, 256];
const INFERENCE_ROWS = [1, 32, 512];

await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      engines: { type: 'string', default: 'native,wasm,tfjs,js' },
      shapes: { type: 'string', default: 'S,E' },
      cell: { type: 'string', default: 'lstm' },
      seconds: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '5' },
      threads: { type: 'string', default: '1' },
      torch: { type: 'string' },
    },
  });
  const workloads: Workload[] = [];
  for (const size of values.shapes.split(',')) {
    const { steps, ...options } = SHAPES[size as keyof typeof SHAPES];
    const shape = toVraeShape(resolveVrae({ ...options, cell: values.cell as Cell, bidirectional: false }), {
      steps,
      channels: 1,
    });
    for (const name of values.engines.split(',') as EngineName[]) {
      // Each in an engine of its own: one that stays unused costs nothing.
      const open = () => openEngine(name, { threads: Number(values.threads) });
      try {
        for (const rows of TRAINING_ROWS)
          workloads.push({
            name: `${size} ${name} train B=${rows}`,
            rows,
            run: createUpdate((await open()).engine, shape, rows),
          });
        for (const rows of INFERENCE_ROWS)
          workloads.push({
            name: `${size} ${name} infer B=${rows}`,
            rows,
            run: createInference((await open()).engine, shape, rows),
          });
      } catch (error) {
        console.log(`left out: ${(error as Error).message}`);
      }
    }
  }
  const rates = workloads.map((): number[] => []);
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [i, workload] of workloads.entries()) rates[i]!.push(measure(workload, Number(values.seconds)));
  }
  for (const [i, { name }] of workloads.entries()) {
    const sorted = rates[i]!.toSorted((a, b) => a - b);
    const [least, median, most] = [0, sorted.length >> 1, sorted.length - 1].map((at) => sorted[at]!.toFixed(0));
    console.log(`${name.padEnd(28)} ${median!.padStart(8)} series/s  (${least}-${most})`);
  }
  if (values.torch !== undefined) {
    const script = fileURLToPath(new URL('./reference/vrae_torch.py', import.meta.url));
    const out = execFileSync(`${values.torch}/bin/python3`, [script, values.seconds, values.rounds], {
      encoding: 'utf8',
    });
    console.log(out.trimEnd());
  }
}

function measure({ rows, run }: Workload, seconds: number): number {
  run();
  const start = performance.now();
  let calls = 0;
  while (performance.now() - start < seconds * 1000) {
    run();
    calls++;
  }
  return (calls * rows) / ((performance.now() - start) / 1000);
}
