// Microseconds a window of the default embedding in batches of 256, whole and in parts, on every engine, and seconds of a
// first fit to 5,000 windows, whole and in parts.
//
//   npx tsx bench/embedding-speed.ts [--steps 24,140] [--engines native,wasm,js] [--windows 5000] [--training native]
//
// `--training ''` leaves the fits out; the model of the other figures is fitted to 2,500 windows by one update.
import { parseArgs } from 'node:util';
import type { EncoderModel, VraeModel } from '../src/encode/encoder-model.js';
import { createPlaceReader } from '../src/encode/neighbours/landmark-map.js';
import { layoutGraph } from '../src/encode/neighbours/layout-graph.js';
import { nearestNeighbours } from '../src/encode/neighbours/nearest-neighbours.js';
import { sumGraphs, toNeighbourGraph } from '../src/encode/neighbours/neighbour-graph.js';
import { openEncoder } from '../src/encode/open-encoder.js';
import { fitViews } from '../src/encode/views/fit-views.js';
import { toUsageScale } from '../src/encode/views/usage-scale.js';
import { createViewTransform } from '../src/encode/views/view-transform.js';
import { openEngine } from '../src/encode/vrae/engines/open-engine.js';
import type { VraeEngine } from '../src/encode/vrae/vrae-options.js';
import { fitScale } from '../src/series/fitted-scale.js';
import { prepareSeries } from '../src/series/prepare-series.js';
import type { SeriesBatch } from '../src/series/series-batch.js';
import { configSchema } from '../src/service/config/schema.js';
import { modelSettingsFor } from '../src/service/model/model-settings.js';
import { decodeArtifact } from '../src/train/encode-artifact.js';
import { fromEncoderTensors } from '../src/train/encoder-tensors.js';
import type { ModelArtifact } from '../src/train/model-artifact.js';
import { toReservoirSnapshot } from '../src/train/reservoir-snapshot.js';
import { runTrainingJob } from '../src/train/run-training-job.js';
import { viewAgreement } from '../src/train/view-agreement.js';
import { selectWindows } from '../src/train/window-rows.js';
import { toGivenWindows } from '../src/window/given-windows.js';
import type { WindowBatch } from '../src/window/window-batch.js';
import { createUsageWindows } from './measure/random-kernel-workload.js';
import { median } from './measure/statistics.js';

const BATCH = 256;
const SECONDS = 1;
const SEED = 1;

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '24,140' },
    engines: { type: 'string', default: 'native,wasm,js' },
    windows: { type: 'string', default: '5000' },
    training: { type: 'string', default: 'native' },
  },
});
const length = Number(options.windows);

for (const steps of options.steps.split(',').map(Number)) {
  const { values } = createUsageWindows({ steps, channels: 1 }, length);
  const windows = toGivenWindows({ length, steps, channels: 1, values, mask: new Uint8Array(values.length) });
  const half = selectWindows(
    windows,
    Uint32Array.from({ length: Math.ceil(length / 2) }, (_, i) => i),
  );
  const model = await firstFit(half, steps, 'auto', 1);
  for (const engine of options.engines.split(',') as VraeEngine[]) await measureEncoding(model, windows, engine);
  for (const engine of options.training.split(',').filter(Boolean) as VraeEngine[]) {
    await measureTraining(windows, steps, engine);
  }
}

async function firstFit(
  windows: WindowBatch,
  steps: number,
  engine: VraeEngine,
  updates?: number,
): Promise<ModelArtifact> {
  const encoder = { engine, ...(updates !== undefined && { updates }) };
  const config = configSchema.parse({ run: { seed: SEED }, encoder });
  const { artifact } = await runTrainingJob({
    number: 1,
    reasons: [],
    seed: SEED,
    settings: modelSettingsFor(config, { steps, channels: 1 }, 8),
    reservoir: toReservoirSnapshot(windows, SEED),
    champion: undefined,
    fresh: true,
    nextSegmentNumber: 1,
  });
  return decodeArtifact(artifact);
}

async function measureEncoding(artifact: ModelArtifact, windows: WindowBatch, name: VraeEngine): Promise<void> {
  const rows = Uint32Array.from({ length: BATCH }, (_, i) => windows.length - BATCH + i);
  const series = prepareSeries(artifact.series, artifact.scale ?? undefined, selectWindows(windows, rows));
  const model = fromEncoderTensors(artifact.encoder) as VraeModel;
  const whole = await timed(async (encoder) => void (await encoder.encode(series)), model, name);
  const vrae = await timed(
    async (encoder) => void (await encoder.encode(series)),
    { ...model, viewMap: undefined },
    name,
  );
  const { views, map } = model.viewMap!;
  const { engine } = await openEngine(name);
  const { transform, size } = createViewTransform(views, engine);
  const described = new Float32Array(BATCH * size);
  const ofViews = await rounds(() => transform(series.values, series.mask, BATCH, undefined, described));
  const reader = createPlaceReader(map, engine, BATCH);
  const places = new Float32Array(BATCH * map.size);
  const ofMap = await rounds(() => {
    reader.inputs.values.set(described);
    reader.place(BATCH, places);
  });
  engine.dispose();
  console.log(
    `T=${series.steps} ${name}: ${show(whole)} µs a window: VRAE ${show(vrae)}, views ${show(ofViews)} (${size} numbers), ` +
      `map of ${map.length} landmarks ${show(ofMap)}`,
  );
}

async function timed(
  run: (encoder: ReturnType<typeof openEncoder>) => Promise<void>,
  model: EncoderModel,
  name: VraeEngine,
): Promise<number> {
  const encoder = openEncoder(model, '', name);
  await run(encoder);
  const time = await rounds(() => run(encoder));
  encoder.dispose();
  return time;
}

/** Median µs a window. */
async function rounds(run: () => void | Promise<void>): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + SECONDS * 1000;
  while (times.length < 3 || performance.now() < end) {
    const before = performance.now();
    await run();
    times.push(((performance.now() - before) * 1000) / BATCH);
  }
  return median(times);
}

/** The parts are those of `fitViewMap`, each by itself on the same windows; the rest is the VRAE, k-means and the gate. */
async function measureTraining(windows: WindowBatch, steps: number, name: VraeEngine): Promise<void> {
  const clock = createClock();
  const { series: settings, training } = await clock.time('all', () => firstFit(windows, steps, name));
  const scale = fitScale(settings, [windows]);
  const series = prepareSeries(settings, scale, windows);
  await measureViewFit(series, toUsageScale(settings, scale), name, clock);
  console.log(`T=${steps} ${name}: fit to ${windows.length} windows (${training.updates} updates): ${clock.told()}`);
}

async function measureViewFit(
  series: SeriesBatch,
  scale: ReturnType<typeof toUsageScale>,
  name: VraeEngine,
  clock: ReturnType<typeof createClock>,
): Promise<void> {
  const { views: kinds } = modelSettingsFor(configSchema.parse({}), series, 8).encoder;
  const { engine } = await openEngine(name);
  const views = await clock.time('views', () => fitViews(series, { kinds, scale, seed: SEED }, engine));
  const described = new Float32Array(series.length * views.size);
  createViewTransform(views, engine).transform(series.values, series.mask, series.length, undefined, described);
  const values = views.views.map(({ offset, size }) => ({
    size,
    values: Float32Array.from({ length: series.length * size }, (_, at) => {
      return described[Math.floor(at / size) * views.size + offset + (at % size)]!;
    }),
  }));
  const weights = await clock.time('weights', () => viewAgreement(values, series.length, SEED));
  const neighbours = await clock.time('neighbours', () =>
    values.map((view) => nearestNeighbours(view.values, series.length, view.size, 15, engine)),
  );
  const graph = await clock.time('graph', () => sumGraphs(neighbours.map(toNeighbourGraph), weights));
  const places = Float64Array.from({ length: series.length * 8 }, (_, i) => Math.sin(i * i));
  await clock.time('layout', () => layoutGraph(graph, places, { size: 8, seed: SEED }));
  engine.dispose();
}

function createClock() {
  const parts: string[] = [];
  return {
    time: async <T>(part: string, run: () => T | Promise<T>): Promise<T> => {
      const before = performance.now();
      const result = await run();
      parts.push(`${part} ${((performance.now() - before) / 1000).toFixed(1)} s`);
      return result;
    },
    told: () => parts.join(', '),
  };
}

function show(time: number): string {
  return time.toFixed(1);
}
