// How well k-means on the VRAE's embeddings finds the classes of labelled sets.
//
//   npx tsx bench/vrae-quality.ts --sets DIR/SyntheticControl.csv.gz,DIR/Plane.csv.gz --scale z,max --seeds 1,2,3
//
// A set is a CSV file, gzipped, with a header and a row `label,s0,s1,…` for each series. Every other option is one of
// `VraeOptions` (--updates 1200 --beta 0.05 --cell gru). Prints one line a set and scale:
// adjusted Rand index and normalised mutual information times 100, mean and standard deviation over the seeds.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { kmeans } from 'ml-kmeans';
import { copyMeans } from '../src/encode/vrae/evaluate-vrae.js';
import { trainVrae } from '../src/encode/vrae/train-vrae.js';
import { createInferenceNetwork, createTrainingNetwork } from '../src/encode/vrae/vrae-engine.js';
import type { TrainingSeries } from '../src/encode/vrae/vrae-job.js';
import { resolveVrae, type VraeOptions } from '../src/encode/vrae/vrae-options.js';
import { toVraeShape } from '../src/encode/vrae/vrae-shape.js';
import type { VraeWeights } from '../src/encode/vrae/vrae-weights.js';

const STARTS = 10;

await main();

async function main(): Promise<void> {
  const names = ['sets', 'scale', 'seeds', 'most', ...Object.keys(resolveVrae())];
  const { values } = parseArgs({
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  });
  const { sets, scale = 'z', seeds = '1,2,3', most = '100000', ...rest } = values as Record<string, string>;
  const options = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, toValue(value)]),
  ) as VraeOptions;
  if (sets === undefined) throw new Error('--sets is needed: a comma-separated list of labelled CSV files');
  console.log(JSON.stringify(options));
  for (const path of sets.split(',')) {
    for (const how of scale.split(',')) {
      const { labels, series } = readSet(path, how, Number(most));
      const k = new Set(labels).size;
      const scores: number[][] = [];
      const started = performance.now();
      for (const seed of seeds.split(',').map(Number)) {
        const settings = resolveVrae({ ...options, seed });
        const network = await createTrainingNetwork(toVraeShape(settings, series), settings, series.length);
        const fit = trainVrae({ settings, series }, { network });
        network.dispose();
        const found = cluster(await embed(fit.weights, series), k, seed);
        scores.push([
          100 * adjustedRand(labels, found),
          100 * mutualInformation(labels, found),
          fit.heldOutReconstruction,
          fit.activeUnits,
          fit.updates,
        ]);
      }
      const [rand, nmi, error, active, updates] = [0, 1, 2, 3, 4].map((i) => spread(scores.map((row) => row[i]!)));
      console.log(
        `${basename(path, '.csv.gz').padEnd(20)} ${how.padEnd(4)} ARI ${show(rand!)}  NMI ${show(nmi!)}  ` +
          `error ${error![0].toFixed(3)}  active ${active![0].toFixed(1)}  updates ${updates![0].toFixed(0)}  ` +
          `${((performance.now() - started) / 1000 / scores.length).toFixed(1)} s a seed`,
      );
    }
  }
}

function readSet(path: string, how: string, most: number): { labels: number[]; series: TrainingSeries } {
  const rows = gunzipSync(readFileSync(path))
    .toString()
    .trim()
    .split('\n')
    .slice(1, most + 1);
  const parsed = rows.map((row) => row.split(',').map(Number));
  const steps = parsed[0]!.length - 1;
  const values = Float32Array.from(parsed.flatMap(([, ...row]) => scaled(row, how)));
  const mask = new Uint8Array(values.length);
  return {
    labels: parsed.map(([label]) => label!),
    series: { length: parsed.length, steps, channels: 1, values, mask },
  };
}

/** Each series by itself: to mean 0 and deviation 1, by its maximum (min-max below zero), by logarithm, or as it is. */
function scaled(row: number[], how: string): number[] {
  const least = Math.min(...row);
  const most = Math.max(...row);
  if (how === 'z') {
    const mean = row.reduce((a, b) => a + b) / row.length;
    const deviation = Math.sqrt(row.reduce((a, b) => a + (b - mean) ** 2, 0) / row.length);
    return row.map((value) => (value - mean) / (deviation < 1e-8 ? 1 : deviation));
  }
  if (how === 'max')
    return row.map((value) => (least < 0 ? (value - least) / (most - least || 1) : value / (most || 1)));
  if (how === 'log1p') return row.map((value) => Math.log1p(Math.max(0, value)));
  return row;
}

async function embed(weights: VraeWeights, series: TrainingSeries): Promise<number[][]> {
  const network = await createInferenceNetwork(weights.shape, 'auto');
  const { latent } = weights.shape;
  const posterior = new Float32Array(series.length * 2 * latent);
  network.load(weights.values);
  network.infer(series.values, series.length, posterior);
  network.dispose();
  const latents = new Float32Array(series.length * latent);
  copyMeans(posterior, series.length, latent, latents, 0);
  return Array.from({ length: series.length }, (_, row) => [...latents.subarray(row * latent, (row + 1) * latent)]);
}

function toValue(text: string): number | string | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/** The best of ten starts. */
function cluster(points: number[][], k: number, seed: number): number[] {
  let least = Number.POSITIVE_INFINITY;
  let best: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const result = kmeans(points, k, { initialization: 'kmeans++', seed: seed * 100 + start, maxIterations: 200 });
    const inertia = result.clusters.reduce((sum, found, row) => {
      return sum + points[row]!.reduce((s, value, i) => s + (value - result.centroids[found]![i]!) ** 2, 0);
    }, 0);
    if (inertia < least) [least, best] = [inertia, result.clusters];
  }
  return best;
}

function countPairs(a: readonly number[], b: readonly number[]): readonly Map<unknown, number>[] {
  const maps = [new Map<unknown, number>(), new Map<unknown, number>(), new Map<unknown, number>()] as const;
  for (let i = 0; i < a.length; i++) {
    for (const [map, key] of [
      [maps[0], a[i]],
      [maps[1], b[i]],
      [maps[2], `${a[i]} ${b[i]}`],
    ] as const) {
      map.set(key, (map.get(key) ?? 0) + 1);
    }
  }
  return maps;
}

/** Hubert & Arabie (1985). */
function adjustedRand(a: readonly number[], b: readonly number[]): number {
  const [rows, columns, cells] = countPairs(a, b).map((map) =>
    [...map.values()].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0),
  );
  const expected = (rows! * columns!) / ((a.length * (a.length - 1)) / 2);
  return (cells! - expected) / ((rows! + columns!) / 2 - expected || 1);
}

/** Mutual information over the mean of the entropies. */
function mutualInformation(a: readonly number[], b: readonly number[]): number {
  const [rows, columns, cells] = countPairs(a, b).map((map) =>
    [...map.values()].reduce((sum, n) => sum - (n / a.length) * Math.log(n / a.length), 0),
  );
  return (2 * (rows! + columns! - cells!)) / (rows! + columns! || 1);
}

function spread(values: readonly number[]): readonly [number, number] {
  const mean = values.reduce((a, b) => a + b) / values.length;
  return [mean, Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length)];
}

function show([mean, deviation]: readonly [number, number]): string {
  return `${mean.toFixed(0).padStart(3)}±${deviation.toFixed(0).padEnd(2)}`;
}
