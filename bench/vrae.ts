// Series per second of training and inference, each engine that is there, in one run.
//
//   npx tsx bench/vrae.ts [--seconds 1] [--rounds 5] [--tfjs …/@tensorflow/tfjs-node/dist/index.js] [--torch VENV]
//
// S is 24 steps, 32 units, 8 latents; E is 140 steps, 90 units, 20 latents; one channel. A training step is forward,
// backward, clipping and Adam; inference goes to the posterior mean. Rounds are taken in turn over engines, and the
// median of them is printed, with the least and the most. PyTorch runs on one thread (bench/reference/vrae_torch.py).
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { clipNorm, createAdam } from '../src/encode/vrae/adam.js';
import { createJsNetwork } from '../src/encode/vrae/js-network.js';
import { loadTfjs } from '../src/encode/vrae/tfjs/load-tfjs.js';
import { createTfjsNetwork } from '../src/encode/vrae/tfjs/tfjs-network.js';
import type { VraeNetwork } from '../src/encode/vrae/vrae-network.js';
import { createParameters, type VraeShape } from '../src/encode/vrae/vrae-weights.js';
import { createRandom } from '../src/numeric/random.js';

/** One thing to measure: a name and the series that one call takes. */
interface Workload {
  readonly name: string;
  readonly rows: number;
  run(): void;
}

const SHAPES: readonly (readonly [string, VraeShape])[] = [
  ['S', { steps: 24, channels: 1, hidden: 32, latent: 8 }],
  ['E', { steps: 140, channels: 1, hidden: 90, latent: 20 }],
];
const TRAINING_ROWS = [32, 256];
const INFERENCE_ROWS = [1, 32, 512];

await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '5' },
      tfjs: { type: 'string' },
      torch: { type: 'string' },
    },
  });
  const tf = await loadTfjs(values.tfjs);
  if (tf === undefined) console.log('tfjs-node does not load: left out');
  const workloads = SHAPES.flatMap(([name, shape]) => [
    ...toWorkloads(`${name} js`, shape, () => createJsNetwork(shape)),
    ...(tf === undefined ? [] : toWorkloads(`${name} tfjs-node`, shape, () => createTfjsNetwork(tf, shape))),
  ]);
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

function toWorkloads(prefix: string, shape: VraeShape, create: () => VraeNetwork): Workload[] {
  const random = createRandom(1);
  const network = create();
  const parameters = createParameters(shape, random);
  const gradient = new Float64Array(parameters.length);
  const adam = createAdam(parameters.length);
  const most = Math.max(...TRAINING_ROWS, ...INFERENCE_ROWS);
  const values = Float32Array.from({ length: most * shape.steps }, () => random.normal());
  const mask = new Uint8Array(values.length);
  const noise = Float64Array.from({ length: most * shape.latent }, () => random.normal());
  const posterior = new Float64Array(most * 2 * shape.latent);
  network.load(parameters);
  return [
    ...TRAINING_ROWS.map((rows) => ({
      name: `${prefix} train B=${rows}`,
      rows,
      run: () => {
        network.load(parameters);
        network.differentiate({ rows, values, mask, noise, beta: 0.1 }, gradient);
        clipNorm(gradient, 5);
        adam.step(parameters, gradient, 1e-4);
      },
    })),
    ...INFERENCE_ROWS.map((rows) => ({
      name: `${prefix} infer B=${rows}`,
      rows,
      run: () => network.infer(values, rows, posterior),
    })),
  ];
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
