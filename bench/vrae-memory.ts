// Memory of a training beside what its activations need, and garbage of encoding.
//
//   npx tsx bench/vrae-memory.ts [--engines native,wasm]
//
// Each row runs in a process of its own. Training: how much the resident memory has grown by the third update, over the
// bytes that backpropagation through time has to keep: for each layer, row and step its inputs, gates, cell and state.
// Encoding: how much the heap has grown over batches of 4,096 series, collections left out.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openEngine } from '../src/encode/vrae/engines/open-engine.js';
import { createParameters } from '../src/encode/vrae/initial-parameters.js';
import type { Cell, EngineName, LayerSpec, RecurrentEngine } from '../src/encode/vrae/recurrent-engine.js';
import { createVraeEncoder } from '../src/encode/vrae/vrae-encoder.js';
import { createInferenceNetwork } from '../src/encode/vrae/vrae-engine.js';
import { resolveVrae } from '../src/encode/vrae/vrae-options.js';
import { toVraeShape, type VraeShape } from '../src/encode/vrae/vrae-shape.js';
import { toWeights } from '../src/encode/vrae/vrae-weights.js';
import { createRandom } from '../src/numeric/random.js';
import type { SeriesBatch } from '../src/series/series-batch.js';
import { createUpdate, SHAPES } from './measure/vrae-workload.js';

const CASES = [
  'train E lstm one-way 256',
  'train E lstm both-ways 256',
  'train E gru one-way 256',
  'train S lstm both-ways 1024',
  'encode S lstm both-ways 4096',
  'encode E lstm both-ways 1024',
];

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const { values } = parseArgs({
  options: { engines: { type: 'string', default: 'native,wasm' }, case: { type: 'string' } },
});

if (values.case === undefined) {
  for (const engine of values.engines.split(',')) {
    for (const each of CASES) {
      const args = ['--import', 'tsx', import.meta.filename, '--engines', engine, '--case', each];
      process.stdout.write(`${engine}, ${each}: ${execFileSync(process.execPath, args, { encoding: 'utf8' })}`);
    }
  }
} else {
  const [task, name, cell, ways, rows] = values.case.split(' ');
  const { steps, ...sizes } = SHAPES[name as keyof typeof SHAPES];
  const settings = resolveVrae({ ...sizes, cell: cell as Cell, bidirectional: ways === 'both-ways' });
  const shape = toVraeShape(settings, { steps, channels: 1 });
  if (task === 'train') await train(shape, Number(rows));
  else await encode(shape, Number(rows));
}

async function train(shape: VraeShape, rows: number): Promise<void> {
  const { engine } = await openEngine(values.engines as EngineName);
  // The code is compiled and the heap has grown before anything is measured.
  const small = createUpdate(engine, shape, 1);
  for (let i = 0; i < 20; i++) small();
  collect();
  const before = process.memoryUsage().rss;
  let needed = 0;
  const counting: RecurrentEngine = {
    ...engine,
    createLayer: (spec) => {
      needed += 4 * activations(spec);
      return engine.createLayer(spec);
    },
  };
  const update = createUpdate(counting, shape, rows);
  for (let i = 0; i < 3; i++) update();
  const grown = process.memoryUsage().rss - before;
  const [have, need] = [grown, needed].map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`);
  console.log(`${have}, activations need ${need}: ${(grown / needed).toFixed(2)}`);
}

/** Numbers that going back through a layer's steps needs. */
function activations({ cell, steps, rows, inputs, hidden }: LayerSpec): number {
  // A GRU's: three gates and the recurrent part of the candidate; an LSTM's: four gates and the cell.
  return steps * rows * (inputs + (cell === 'lstm' ? 5 : 4) * hidden + hidden);
}

async function encode(shape: VraeShape, length: number): Promise<void> {
  const random = createRandom(1);
  const { steps, channels } = shape;
  const network = await createInferenceNetwork(shape, values.engines as EngineName);
  const weights = toWeights(shape, createParameters(shape, random));
  const encoder = createVraeEncoder(weights, '1', network);
  const batch = {
    length,
    steps,
    channels,
    values: Float32Array.from({ length: length * steps * channels }, () => random.normal()),
    mask: new Uint8Array(length * steps * channels),
  } as SeriesBatch;
  for (let i = 0; i < 10; i++) await encoder.encode(batch);
  const grown: number[] = [];
  for (let i = 0; i < 11; i++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    await encoder.encode(batch);
    grown.push(process.memoryUsage().heapUsed - before);
  }
  const median = grown.toSorted((a, b) => a - b)[5]!;
  console.log(`${(median / 1000).toFixed(1)} kB of heap a batch, ${(median / length).toFixed(2)} bytes a window`);
}
