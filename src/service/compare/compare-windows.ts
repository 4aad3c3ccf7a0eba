import { adjustedRandIndex } from '../../cluster/adjusted-rand-index.js';
import { METHOD_TRAITS, type Method, type MethodSettings } from '../../cluster/offline/method.js';
import { NOISE, type Partition } from '../../cluster/offline/partition.js';
import { scorePartition } from '../../cluster/offline/score-partition.js';
import { SegtideError } from '../../errors.js';
import type { TrainingJob, TrainingResult } from '../../train/training-job.js';
import { type ClusteredPartition, clusterRows, type KRange } from '../cluster/cluster-rows.js';
import type { ClusteredRows } from '../cluster/clustered-rows.js';
import type { ReadWindows } from '../cluster/read-windows.js';
import { toLatentRows, toWindowRows } from '../cluster/window-rows.js';
import type { Config } from '../config/schema.js';
import type { Candidate, CandidateFailure } from './comparison-report.js';
import type { EncoderCandidate } from './encoder-candidates.js';

export interface CompareWindowsOptions {
  readonly encoders: readonly EncoderCandidate[];
  readonly methods: readonly Method[];
  readonly seeds: readonly number[];
  readonly settings: Omit<MethodSettings, 'method' | 'seed'>;
  readonly k?: KRange | undefined;
  /** The config with the keys of an encoder set. */
  readonly configOf: (candidate: EncoderCandidate, seed: number) => Config;
  readonly train: (job: TrainingJob) => Promise<TrainingResult>;
  /** Epoch ms. */
  readonly now: () => number;
  readonly onStep: (encoder: string, method: Method | null, seed: number) => void;
  readonly signal: AbortSignal;
}

/** One clustering of a candidate by one seed. */
interface Trial {
  readonly rows: ClusteredRows;
  readonly found: ClusteredPartition;
  readonly seriesSilhouette: number | null;
  readonly encodeSeconds: number;
  readonly clusterSeconds: number;
  readonly residentBytes: number;
}

/** Encoders and methods as they did. */
export interface Comparison {
  readonly candidates: readonly Candidate[];
  readonly failures: readonly CandidateFailure[];
  /** What came of the first seed, by `keyOf`. */
  readonly clusterings: ReadonlyMap<string, Clustering>;
  /** Windows of which nothing is known. */
  readonly unusable: number;
}

export function keyOf({ encoder, method }: Pick<Candidate, 'encoder' | 'method'>): string {
  return `${encoder} ${method}`;
}

/** The rows of an encoder, and their clusters. */
export interface Clustering {
  readonly rows: ClusteredRows;
  readonly partition: Partition;
}

/**
 * Clusters the same windows by every encoder, method and seed. What fails is told, and the others go on.
 *
 * @throws SegtideError `aborted` on request
 */
export async function compareWindows(read: ReadWindows, options: CompareWindowsOptions): Promise<Comparison> {
  const { encoders, methods, seeds } = options;
  const candidates: Candidate[] = [];
  const failures: CandidateFailure[] = [];
  const clusterings = new Map<string, Clustering>();
  const began = process.memoryUsage().rss;
  const series = await encode(read, options, SERIES, seeds[0]!);
  const encoded = new Map<string, Encoded>();
  // Those that another's training serves as well come after it.
  for (const encoder of encoders.toSorted(
    (a, b) => Number(a.latentsOf !== undefined) - Number(b.latentsOf !== undefined),
  )) {
    const own = methods.filter((method) => encoder.by === 'series' || !METHOD_TRAITS[method].onSeries);
    if (own.length === 0) {
      const why = `${methods.join(' and ')} take${methods.length === 1 ? 's' : ''} series alone`;
      failures.push({ encoder: encoder.name, method: null, why });
      continue;
    }
    const isShared = encoders.some(({ latentsOf }) => latentsOf === encoder.name);
    const trials = new Map(own.map((method): [Method, Trial[]] => [method, []]));
    try {
      for (const seed of seeds) {
        options.onStep(encoder.name, null, seed);
        const shared = encoder.latentsOf && encoded.get(`${encoder.latentsOf} ${seed}`);
        const { rows, encodeSeconds } = shared
          ? { ...shared, rows: toLatentRows(shared.rows, options.configOf(encoder, seed).cluster.distance) }
          : await encodeTimed(read, options, encoder, seed);
        if (isShared) encoded.set(`${encoder.name} ${seed}`, { rows, encodeSeconds });
        for (const method of trials.keys()) {
          const trial = await cluster(rows, series, method, seed, options).catch((error: unknown) => {
            failures.push({ encoder: encoder.name, method, why: reasonOf(error) });
            trials.delete(method);
          });
          const residentBytes = Math.max(0, process.memoryUsage().rss - began);
          if (trial) trials.get(method)!.push({ ...trial, encodeSeconds, residentBytes });
        }
      }
    } catch (error) {
      failures.push({ encoder: encoder.name, method: null, why: reasonOf(error) });
      continue;
    }
    for (const [method, tried] of trials) {
      const candidate = summarise(encoder.name, method, tried);
      candidates.push(candidate);
      clusterings.set(keyOf(candidate), { rows: tried[0]!.rows, partition: tried[0]!.found.partition });
    }
  }
  return { candidates, failures, clusterings, unusable: read.windows.length - series.usable.length };
}

/** Windows through an encoder that was fitted to them, and how long that took. */
interface Encoded {
  readonly rows: ClusteredRows;
  readonly encodeSeconds: number;
}

async function encodeTimed(
  read: ReadWindows,
  options: CompareWindowsOptions,
  encoder: EncoderCandidate,
  seed: number,
): Promise<Encoded> {
  const start = options.now();
  const rows = await encode(read, options, encoder, seed);
  return { rows, encodeSeconds: (options.now() - start) / 1000 };
}

const SERIES: EncoderCandidate = { name: 'series', by: 'series', set: {} };

function encode(
  { windows, named, labels, settingsOf }: ReadWindows,
  { configOf, train, signal }: CompareWindowsOptions,
  candidate: EncoderCandidate,
  seed: number,
): Promise<ClusteredRows> {
  const config = configOf(candidate, seed);
  return toWindowRows(windows, named, labels, {
    by: candidate.by,
    settings: settingsOf(config),
    mostFitted: config.model.reservoir,
    seed,
    train,
    signal,
  });
}

async function cluster(
  rows: ClusteredRows,
  series: ClusteredRows,
  method: Method,
  seed: number,
  { settings, k, now, onStep, signal }: CompareWindowsOptions,
): Promise<Omit<Trial, 'encodeSeconds' | 'residentBytes'>> {
  onStep('', method, seed);
  const began = now();
  const found = await clusterRows(rows, { settings: { ...settings, method, seed }, k, now, signal });
  const clusterSeconds = (now() - began) / 1000;
  const scored = await scorePartition(series.points, found.partition, { seed, signal });
  return { rows, found, seriesSilhouette: scored.silhouette, clusterSeconds };
}

/** A stop is no failure of a candidate. */
function reasonOf(error: unknown): string {
  if (!(error instanceof SegtideError) || error.code === 'aborted') throw error;
  return error.message;
}

function summarise(encoder: string, method: Method, trials: readonly Trial[]): Candidate {
  const memberships = trials.map(({ found }) => found.partition.membership);
  const pairs = memberships.flatMap((a, i) => memberships.slice(i + 1).map((b) => adjustedRandIndex(a, b)));
  const scores = (key: 'ari' | 'nmi' | 'silhouette'): number | null =>
    mean(trials.map(({ found }) => found.scores[key]));
  return {
    encoder,
    method,
    k: trials.map(({ found }) => found.partition.k),
    ari: scores('ari'),
    nmi: scores('nmi'),
    silhouette: scores('silhouette'),
    seriesSilhouette: mean(trials.map(({ seriesSilhouette }) => seriesSilhouette)),
    stability: pairs.length === 0 ? null : mean(pairs),
    noise: mean(memberships.map((of) => of.filter((cluster) => cluster === NOISE).length / of.length))!,
    encodeSeconds: mean(trials.map(({ encodeSeconds }) => encodeSeconds))!,
    clusterSeconds: mean(trials.map(({ clusterSeconds }) => clusterSeconds))!,
    residentBytes: Math.max(...trials.map(({ residentBytes }) => residentBytes)),
  };
}

/** Null where one is unknown. */
function mean(values: readonly (number | null)[]): number | null {
  if (values.some((value) => value === null)) return null;
  return (values as readonly number[]).reduce((sum, value) => sum + value, 0) / values.length;
}
