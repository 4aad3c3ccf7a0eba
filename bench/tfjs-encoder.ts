// Windows per second of a small convolutional encoder of TensorFlow.js, by each backend that runs here, as
// `encoder.kind: tfjs` runs it: 140 steps, convolutions of 32 and 64 filters of 5 steps, their means, 16 numbers.
//
//   npx tsx bench/tfjs-encoder.ts [--seconds 4]
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import type * as Tfjs from '@tensorflow/tfjs';
import type { TfjsFileModel } from '../src/encode/encoder-model.js';
import { loadTfjsRuntime } from '../src/encode/tfjs/load-tfjs-runtime.js';
import { packTfjs } from '../src/encode/tfjs/pack-tfjs.js';
import { createTfjsEncoder } from '../src/encode/tfjs/tfjs-encoder.js';
import { createRandom } from '../src/numeric/random.js';
import type { SeriesBatch } from '../src/series/series-batch.js';

const STEPS = 140;
const SIZE = 16;
const BATCHES = [256, 16];

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '4' } } });
const seconds = Number(values.seconds);

const runtime = await loadTfjsRuntime();
const best = runtime.getBackend();
// The packages share one library, whose backend is chosen for all.
const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as typeof Tfjs;
const file = await drawModel();
for (const backend of new Set([best, 'wasm', 'cpu'])) {
  if (!(await tf.setBackend(backend).catch(() => false))) continue;
  for (const rows of BATCHES) await measure(backend, rows);
}

async function drawModel(): Promise<Uint8Array> {
  const { conv1d, globalAveragePooling1d, dense } = tf.layers;
  const shape = { kernelSize: 5, padding: 'same', activation: 'relu' } as const;
  const model = tf.sequential({
    layers: [
      conv1d({ ...shape, filters: 32, inputShape: [STEPS, 1] }),
      conv1d({ ...shape, filters: 64 }),
      globalAveragePooling1d({}),
      dense({ units: SIZE }),
    ],
  });
  let saved: Tfjs.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const { modelTopology, weightSpecs, weightData } = saved!;
  const topology = modelTopology as Record<string, unknown>;
  return packTfjs({ modelTopology: topology, weightSpecs: weightSpecs! }, new Uint8Array(weightData as ArrayBuffer));
}

async function measure(backend: string, rows: number): Promise<void> {
  const model: TfjsFileModel = {
    ...{ kind: 'tfjs', steps: STEPS, channels: 1, size: SIZE, layer: null, layout: 'btc', isRowByRow: false },
    ...{ file, fill: new Float32Array(SIZE) },
  };
  const encoder = await createTfjsEncoder(model, 'v1', runtime);
  const random = createRandom(1);
  const windows = Float32Array.from({ length: rows * STEPS }, () => random.normal());
  const series = { length: rows, steps: STEPS, channels: 1, values: windows } as unknown as SeriesBatch;
  await encoder.encode(series);
  const before = process.cpuUsage();
  const until = performance.now() + 1000 * seconds;
  let encoded = 0;
  for (; performance.now() < until; encoded += rows) await encoder.encode(series);
  const { user, system } = process.cpuUsage(before);
  const rate = Math.round((1e6 * encoded) / (user + system));
  process.stdout.write(`${backend}, batches of ${rows}: ${rate} windows per CPU second\n`);
  encoder.dispose?.();
}
