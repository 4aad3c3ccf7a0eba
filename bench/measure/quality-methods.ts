import { adjustedRandIndex } from '../../src/cluster/adjusted-rand-index.js';
import { normalizedMutualInformation } from '../../src/cluster/normalized-mutual-information.js';
import { membershipOf } from '../../src/cluster/refit-centroids.js';
import { seedCentroids } from '../../src/cluster/seed-centroids.js';
import type { EncoderOptions } from '../../src/encode/encoder-options.js';
import { DEFAULT_VIEWS } from '../../src/encode/encoder-options.js';
import { createCatch22 } from '../../src/encode/features/catch22.js';
import { fitViews } from '../../src/encode/views/fit-views.js';
import type { ViewKind } from '../../src/encode/views/view-kind.js';
import { createViewTransform } from '../../src/encode/views/view-transform.js';
import { openEngine } from '../../src/encode/vrae/engines/open-engine.js';
import { createRandom } from '../../src/numeric/random.js';
import { shuffle } from '../../src/numeric/shuffle.js';
import type { SeriesOptions } from '../../src/series/series-settings.js';
import { configSchema } from '../../src/service/config/schema.js';
import { modelSettingsFor } from '../../src/service/model/model-settings.js';
import { decodeArtifact } from '../../src/train/encode-artifact.js';
import { evaluateWindows } from '../../src/train/evaluate-windows.js';
import { toReservoirSnapshot } from '../../src/train/reservoir-snapshot.js';
import { runTrainingJob } from '../../src/train/run-training-job.js';
import { scoreWindows } from '../../src/train/score-windows.js';
import { selectWindows } from '../../src/train/window-rows.js';
import type { WindowTable } from '../../src/transport/file/read-window-table.js';
import { toGivenWindows } from '../../src/window/given-windows.js';

export interface MethodScores {
  readonly ari: number;
  readonly nmi: number;
  readonly k: number;
}

export interface MethodOptions {
  readonly seed: number;
  readonly fold: 0 | 1;
  readonly autoK: boolean;
}

/** A method is an encoder of ours with options, or plain features with k-means. */
export type Method =
  | { readonly encoder: Omit<EncoderOptions, 'seed'>; readonly series?: SeriesOptions }
  | { readonly features: (table: Windows, fitted: Windows, seed: number) => Promise<Features> };

export interface Windows {
  readonly length: number;
  readonly steps: number;
  readonly channels: number;
  readonly values: Float32Array;
  readonly mask: Uint8Array;
}

interface Features {
  readonly size: number;
  readonly values: Float32Array;
}

/** The VRAE has no part in embeddings by views other than its latents: there it need not learn. */
const views = (kinds: readonly ViewKind[]): Method => ({
  encoder: { views: kinds, ...(!kinds.includes('latents') && { updates: 1 }) },
});
const without = (kind: ViewKind): Method => views(DEFAULT_VIEWS.filter((view) => view !== kind));
const kernels = (kind: ViewKind): Method => ({
  features: (windows, fitted, seed) => viewOf(kind, windows, fitted, seed),
});
const scaled = (scale: (row: Float32Array) => void): Method => ({
  features: async ({ values, length, steps, channels }) => {
    const all = values.slice();
    for (let i = 0; i < length; i++) scale(all.subarray(i * steps * channels, (i + 1) * steps * channels));
    return { size: steps * channels, values: all };
  },
});

export const METHODS = {
  default: views(DEFAULT_VIEWS),
  'whole-training': { encoder: {} },
  vrae: { encoder: { views: [] } },
  'vrae-fresh': { encoder: { views: [], init: 'fresh' } },
  // By the published way, each window by its own maximum.
  dae: { encoder: { kind: 'dae' }, series: { transform: 'none', scale: 'max', scope: 'own' } },
  cnn: { encoder: { kind: 'cnn' } },
  'cnn-z': { encoder: { kind: 'cnn' }, series: { transform: 'none', scope: 'own' } },
  transformer: { encoder: { kind: 'transformer' } },
  'transformer-z': { encoder: { kind: 'transformer' }, series: { transform: 'none', scope: 'own' } },
  raw: { encoder: { kind: 'raw' } },
  'raw-z': { encoder: { kind: 'raw' }, series: { transform: 'none', scope: 'own' } },
  features: { encoder: { kind: 'features' } },
  compact: { encoder: { kind: 'features', features: 'compact' } },
  'compact-z': {
    encoder: { kind: 'features', features: 'compact' },
    series: { transform: 'none', scope: 'own' },
  },
  rocket: { encoder: { kind: 'rocket' } },
  dtw: { encoder: { kind: 'dtw' } },
  'dtw-z': { encoder: { kind: 'dtw' }, series: { transform: 'none', scope: 'own' } },
  'rocket-z': { encoder: { kind: 'rocket' }, series: { transform: 'none', scope: 'own' } },
  'kmeans-raw': scaled(() => {}),
  'kmeans-z': scaled((row) => standardise(row)),
  'kmeans-max': scaled((row) => overMaximum(row)),
  'kmeans-log': scaled((row) => {
    toLogarithms(row);
  }),
  'kmeans-log-z': scaled((row) => standardise(toLogarithms(row))),
  catch24: { features: (windows, fitted) => catch24(windows, fitted) },
  'kernels-z': kernels('shape-kernels'),
  'kernels-raw': kernels('usage-kernels'),
  'shift-invariant': { encoder: { shift: 'invariant', updates: 1 } },
  'without-shape': without('log-shape-kernels'),
  'without-usage': without('log-usage-kernels'),
  'without-profile': without('profile'),
  'without-level': without('level'),
  'only-shape': views(['log-shape-kernels']),
  'only-usage': views(['log-usage-kernels']),
  'only-profile': views(['profile']),
  'only-level': views(['level']),
  'linear-kernels': views(['shape-kernels', 'usage-kernels', 'profile', 'level']),
  'mixed-kernels': views(['shape-kernels', 'log-usage-kernels', 'profile', 'level']),
  'with-catch22': views([...DEFAULT_VIEWS, 'catch22']),
  'with-latents': views([...DEFAULT_VIEWS, 'latents']),
  'latents-for-profile': views([...DEFAULT_VIEWS.filter((view) => view !== 'profile'), 'latents']),
} as const satisfies Record<string, Method>;

export type MethodName = keyof typeof METHODS;

export function isMethod(name: string): name is MethodName {
  return name in METHODS;
}

/** Fits one half of a set's windows and scores the other. */
export async function scoreMethod(name: MethodName, table: WindowTable, options: MethodOptions): Promise<MethodScores> {
  const method: Method = METHODS[name];
  const labels = table.labels!;
  const classes = new Set(labels).size;
  if ('features' in method) return scoreFeatures(method, table, labels, classes, options);
  const config = configSchema.parse({
    run: { seed: options.seed },
    encoder: method.encoder,
    series: method.series ?? {},
  });
  const settings = modelSettingsFor(config, table, options.autoK ? 'auto' : classes);
  const { ari, nmi, model } = await evaluateWindows(toGivenWindows(table), settings, {
    labels,
    fold: options.fold,
    seed: options.seed,
    train: (job) => runTrainingJob(job),
  });
  return { ari: ari!, nmi: nmi!, k: model.clusterModel.k };
}

/**
 * Fits segments to some rows of a table, and says for every row which it belongs to, by number.
 *
 * @param rows which are fitted
 */
export async function fitSegments(
  method: Method,
  table: Windows,
  rows: Uint32Array,
  k: number,
  seed: number,
): Promise<Uint16Array> {
  if ('features' in method) {
    const { size, values } = await method.features(table, select(table, rows), seed);
    const { centroids } = await seedCentroids(take(values, rows, size), size, k, { seed });
    return membershipOf(values, size, centroids).membership;
  }
  const config = configSchema.parse({ run: { seed }, encoder: method.encoder });
  const settings = modelSettingsFor(config, table, k);
  const windows = toGivenWindows(table);
  const { artifact } = await runTrainingJob({
    number: 1,
    reasons: [],
    seed,
    settings,
    reservoir: toReservoirSnapshot(selectWindows(windows, rows), seed),
    champion: undefined,
    fresh: true,
    nextSegmentNumber: 1,
  });
  const { assignments } = await scoreWindows(decodeArtifact(artifact), windows, { seed });
  return assignments.nearest;
}

async function scoreFeatures(
  method: Method,
  table: WindowTable,
  labels: readonly string[],
  k: number,
  { seed, fold }: MethodOptions,
): Promise<MethodScores> {
  const halves = splitRows(table.length, seed);
  const rows = halves[1 - fold]!;
  const segments = await fitSegments(method, table, halves[fold]!, k, seed);
  const found = Array.from(rows, (row) => segments[row]!);
  const truth = Array.from(rows, (row) => labels[row]!);
  return { ari: adjustedRandIndex(truth, found), nmi: normalizedMutualInformation(truth, found), k };
}

async function viewOf(kind: ViewKind, windows: Windows, fitted: Windows, seed: number): Promise<Features> {
  const { engine } = await openEngine('auto');
  const scale = { centers: Array(windows.channels).fill(0), scales: Array(windows.channels).fill(1), log: false };
  const fit = await fitViews(fitted, { kinds: [kind], scale, seed }, engine);
  const values = new Float32Array(windows.length * fit.size);
  createViewTransform(fit, engine).transform(windows.values, windows.mask, windows.length, undefined, values);
  engine.dispose();
  return { size: fit.size, values };
}

async function catch24({ length, steps, channels, values }: Windows, fitted: Windows): Promise<Features> {
  const { names, transform } = createCatch22({ steps, channels, moments: true });
  const size = channels * names.length;
  const all = new Float32Array(length * size);
  transform(values, length, all);
  const known = new Float32Array(fitted.length * size);
  transform(fitted.values, fitted.length, known);
  for (let m = 0; m < size; m++) {
    const column = Array.from({ length: fitted.length }, (_, i) => known[i * size + m]!);
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const deviation = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length);
    for (let i = 0; i < length; i++) {
      all[i * size + m] = deviation > 1e-8 ? (all[i * size + m]! - mean) / deviation : 0;
    }
  }
  return { size, values: all };
}

/** The halves that `evaluateWindows` draws. */
function splitRows(length: number, seed: number): readonly Uint32Array[] {
  const order = Uint32Array.from({ length }, (_, i) => i);
  shuffle(order, createRandom(seed));
  const middle = Math.ceil(length / 2);
  return [order.slice(0, middle).sort(), order.slice(middle).sort()];
}

function select({ steps, channels, values, mask }: Windows, rows: Uint32Array): Windows {
  const cells = steps * channels;
  const kept = new Uint8Array(rows.length * cells);
  for (const [at, row] of rows.entries()) kept.set(mask.subarray(row * cells, (row + 1) * cells), at * cells);
  return { length: rows.length, steps, channels, values: take(values, rows, cells), mask: kept };
}

function take(values: Float32Array, rows: Uint32Array, size: number): Float32Array {
  const taken = new Float32Array(rows.length * size);
  for (const [at, row] of rows.entries()) taken.set(values.subarray(row * size, (row + 1) * size), at * size);
  return taken;
}

function toLogarithms(row: Float32Array): Float32Array {
  for (let i = 0; i < row.length; i++) row[i] = Math.sign(row[i]!) * Math.log1p(Math.abs(row[i]!));
  return row;
}

function standardise(row: Float32Array): void {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
  const deviation = Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length);
  for (let i = 0; i < row.length; i++) row[i] = (row[i]! - mean) / (deviation < 1e-8 ? 1 : deviation);
}

function overMaximum(row: Float32Array): void {
  const least = Math.min(0, ...row);
  const most = Math.max(...row) - least || 1;
  for (let i = 0; i < row.length; i++) row[i] = (row[i]! - least) / most;
}
