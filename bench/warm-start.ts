/**
 * What a stream gains by `encoder.init: pretrained`, on labelled sets, half against half.
 *
 *   npx tsx bench/warm-start.ts --data DIR [--sets A,B] [--seeds 1,2] [--windows 64,256] [--updates 0,100,250,500,1000,2000]
 *
 * For each set: ARI times 100 of the provisional model's segments, made of so many windows of one half, on the other half;
 * and the reconstruction error there after so many updates on the first half, from new and from pretrained weights.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { resolveEncoder } from '../src/encode/encoder-options.js';
import { pretrainedWeights } from '../src/encode/pretrained/pretrained-weights.js';
import { evaluateVrae } from '../src/encode/vrae/evaluate-vrae.js';
import { trainVrae } from '../src/encode/vrae/train-vrae.js';
import { createTrainingNetwork } from '../src/encode/vrae/vrae-engine.js';
import { toVraeShape } from '../src/encode/vrae/vrae-shape.js';
import { createRandom } from '../src/numeric/random.js';
import { shuffle } from '../src/numeric/shuffle.js';
import { fitScale } from '../src/series/fitted-scale.js';
import { prepareSeries } from '../src/series/prepare-series.js';
import type { SeriesBatch } from '../src/series/series-batch.js';
import { resolveSeries } from '../src/series/series-settings.js';
import { configSchema } from '../src/service/config/schema.js';
import { modelSettingsFor } from '../src/service/model/model-settings.js';
import { decodeArtifact } from '../src/train/encode-artifact.js';
import { PROVISIONAL_NUMBER } from '../src/train/provisional.js';
import { toReservoirSnapshot } from '../src/train/reservoir-snapshot.js';
import { runTrainingJob } from '../src/train/run-training-job.js';
import { scoreWindows } from '../src/train/score-windows.js';
import { selectWindows } from '../src/train/window-rows.js';
import { readWindowTable, type WindowTable } from '../src/transport/file/read-window-table.js';
import { toGivenWindows } from '../src/window/given-windows.js';
import { mean } from './measure/statistics.js';

/** Windows that a reconstruction error is taken of at most. */
const MOST = 1_500;

await main();

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      data: { type: 'string' },
      sets: { type: 'string' },
      seeds: { type: 'string', default: '1,2' },
      windows: { type: 'string', default: '64,256' },
      updates: { type: 'string', default: '0,100,250,500,1000,2000' },
    },
  });
  if (flags.data === undefined) throw new Error('--data is needed: a folder of labelled sets');
  const [seeds, windows, updates] = [flags.seeds, flags.windows, flags.updates].map((list) =>
    list.split(',').filter(Boolean).map(Number),
  ) as [number[], number[], number[]];
  const files = readdirSync(flags.data).filter((name) => name.endsWith('.csv.gz'));
  const sets = flags.sets?.split(',') ?? files.map((name) => name.slice(0, -'.csv.gz'.length)).sort();
  const columns = new Map<string, number[]>();
  for (const set of sets) {
    const table = await readWindowTable(join(flags.data, `${set}.csv.gz`), { labelColumn: 'label' });
    const cells: string[] = [];
    const add = (name: string, value: number): void => {
      columns.set(name, [...(columns.get(name) ?? []), value]);
      cells.push(`${name} ${value.toFixed(3)}`);
    };
    for (const count of windows) {
      const aris: number[] = [];
      for (const seed of seeds) aris.push(await scoreProvisional(table, count, seed));
      add(`ARI of ${count}`, (100 * aris.reduce((a, b) => a + b, 0)) / aris.length);
    }
    for (const count of updates) {
      add(`new ${count}`, await reconstructionError(table, count, 'fresh', seeds[0]!));
      add(`pretrained ${count}`, await reconstructionError(table, count, 'pretrained', seeds[0]!));
    }
    console.log(`${set.padEnd(24)} ${cells.join('  ')}`);
  }
  for (const count of windows) console.log(`mean ARI of ${count} windows: ${mean(columns.get(`ARI of ${count}`)!)}`);
  for (const count of updates) {
    const [fresh, begun] = [columns.get(`new ${count}`)!, columns.get(`pretrained ${count}`)!];
    const logs = begun.map((error, i) => Math.log(error / fresh[i]!));
    const lower = logs.filter((log) => log < 0).length;
    console.log(
      `after ${count} updates: pretrained / new ${Math.exp(mean(logs)).toFixed(2)} (geometric mean), lower on ${lower} of ${logs.length}`,
    );
  }
}

async function scoreProvisional(table: WindowTable, count: number, seed: number): Promise<number> {
  const windows = toGivenWindows(table);
  const labels = table.labels!;
  const [fitted, rows] = halves(table.length, seed);
  const config = configSchema.parse({ run: { seed } });
  const settings = modelSettingsFor(config, table, new Set(labels).size);
  const { artifact } = await runTrainingJob({
    number: PROVISIONAL_NUMBER,
    reasons: [],
    seed,
    settings,
    reservoir: toReservoirSnapshot(selectWindows(windows, fitted.subarray(0, count)), seed),
    champion: undefined,
    fresh: true,
    nextSegmentNumber: 1,
  });
  const { ari } = await scoreWindows(decodeArtifact(artifact), windows, { rows, labels, seed });
  return ari!;
}

async function reconstructionError(
  table: WindowTable,
  updates: number,
  init: 'pretrained' | 'fresh',
  seed: number,
): Promise<number> {
  const [learn, judged] = prepareHalves(table, seed);
  // The least rate stands for no update at all.
  const none = updates === 0 && { updates: 1, learningRate: Number.MIN_VALUE };
  const settings = resolveEncoder({ updates: Math.max(1, updates), seed, ...none });
  const shape = toVraeShape(settings, learn);
  const initial = init === 'pretrained' ? pretrainedWeights(shape)?.weights : undefined;
  const network = await createTrainingNetwork(shape, settings, learn.length);
  try {
    network.load(trainVrae({ settings, series: learn, initial }, { network }).weights.values);
    return evaluateVrae(network, judged, settings).reconstruction;
  } finally {
    network.dispose();
  }
}

function prepareHalves(table: WindowTable, seed: number): [SeriesBatch, SeriesBatch] {
  const settings = resolveSeries({}, table.steps, table.channels);
  const windows = toGivenWindows(table);
  const [learn, judged] = halves(table.length, seed).map((rows) => selectWindows(windows, rows.subarray(0, MOST)));
  const scale = fitScale(settings, [learn!]);
  return [prepareSeries(settings, scale, learn!), prepareSeries(settings, scale, judged!)];
}

function halves(length: number, seed: number): [Uint32Array, Uint32Array] {
  const order = Uint32Array.from({ length }, (_, i) => i);
  shuffle(order, createRandom(seed));
  const middle = Math.ceil(length / 2);
  return [order.slice(0, middle), order.slice(middle)];
}
