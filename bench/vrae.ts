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
import { createParameters } from '../src/encode/vrae/initial-parameters.js';
import { clipScale, createOptimizer } from '../src/encode/vrae/optimizer.js';
import type { Cell, EngineName, RecurrentEngine } from '../src/encode/vrae/recurrent-engine.js';
import { createVraeNetwork } from '../src/encode/vrae/vrae-network.js';
import { resolveVrae } from '../src/encode/vrae/vrae-options.js';
import { toVraeShape, type VraeShape } from '../src/encode/vrae/vrae-shape.js';
import { createRandom } from '../src/numeric/random.js';

/** One thing to measure: a name and the series that one call takes. */
interface Workload {
  readonly name: string;
  readonly rows: number;
  run(): void;
}

const SIZES: Readonly<Record<string, { readonly steps: number; readonly hidden: number; readonly latent: number }>> = {
  S: { steps: 24, hidden: 32, latent: 8 },
  E: { steps: 140, hidden: 90, latent: 20 },
};
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
    const { steps, ...options } = SIZES[size]!;
    const shape = toVraeShape(resolveVrae({ ...options, cell: values.cell as Cell }), { steps, channels: 1 });
    for (const name of values.engines.split(',') as EngineName[]) {
      // Each in an engine of its own: one that stays unused costs nothing.
      const open = () => openEngine(name, { threads: Number(values.threads) });
      try {
        for (const rows of TRAINING_ROWS)
          workloads.push(toTraining(`${size} ${name}`, (await open()).engine, shape, rows));
        for (const rows of INFERENCE_ROWS)
          workloads.push(toInference(`${size} ${name}`, (await open()).engine, shape, rows));
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

function toTraining(prefix: string, engine: RecurrentEngine, shape: VraeShape, rows: number): Workload {
  const random = createRandom(1);
  const settings = resolveVrae();
  const network = createVraeNetwork(engine, shape, { rows, training: settings });
  const first = createParameters(shape, random);
  const parameters = network.precision === 'float64' ? first : Float32Array.from(first);
  const gradient = parameters.slice();
  const optimizer = createOptimizer(settings, parameters);
  const values = Float32Array.from({ length: rows * shape.steps }, () => random.normal());
  const mask = new Uint8Array(values.length);
  const noise = new Float64Array(rows * shape.latent);
  return {
    name: `${prefix} train B=${rows}`,
    rows,
    run: () => {
      for (let i = 0; i < noise.length; i++) noise[i] = random.normal();
      network.load(parameters);
      network.differentiate({ rows, values, mask, noise, beta: 0.1 }, gradient);
      optimizer.step(parameters, gradient, 1e-4, clipScale(gradient, 5));
    },
  };
}

function toInference(prefix: string, engine: RecurrentEngine, shape: VraeShape, rows: number): Workload {
  const random = createRandom(1);
  const network = createVraeNetwork(engine, shape, { rows: Math.min(rows, 64) });
  network.load(createParameters(shape, random).map(Math.fround));
  const values = Float32Array.from({ length: rows * shape.steps }, () => random.normal());
  const posterior = new Float32Array(rows * 2 * shape.latent);
  return { name: `${prefix} infer B=${rows}`, rows, run: () => network.infer(values, rows, posterior) };
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
