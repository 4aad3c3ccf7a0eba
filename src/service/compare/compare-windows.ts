import type { Dendrogram } from '../../cluster/offline/dendrogram.js';
import { METHOD_TRAITS, type Method, type MethodSettings } from '../../cluster/offline/method.js';
import type { Partition } from '../../cluster/offline/partition.js';
import { scorePartition } from '../../cluster/offline/score-partition.js';
import { SegtideError } from '../../errors.js';
import type { TrainingJob, TrainingResult } from '../../train/training-job.js';
import { clusterRows, type KRange } from '../cluster/cluster-rows.js';
import type { ClusteredRows } from '../cluster/clustered-rows.js';
import type { ReadWindows } from '../cluster/read-windows.js';
import { toLatentRows, toWindowRows } from '../cluster/window-rows.js';
import type { Config } from '../config/schema.js';
import type { Candidate, CandidateFailure } from './comparison-report.js';
import type { EncoderCandidate } from './encoder-candidates.js';
import { summariseTrials, type Trial } from './summarise-trials.js';
import { watchMemory } from './watch-memory.js';
import { withinLimit } from './within-limit.js';

export interface CompareWindowsOptions {
  readonly encoders: readonly EncoderCandidate[];
  readonly methods: readonly Method[];
  readonly seeds: readonly number[];
  readonly settings: Omit<MethodSettings, 'method' | 'seed'>;
  readonly k?: KRange | undefined;
  /** Most time, in ms, that an encoder of one seed or one clustering may take. @default no limit */
  readonly timeLimitMs?: number | undefined;
  /** The config with the keys of an encoder set. */
  readonly configOf: (candidate: EncoderCandidate, seed: number) => Config;
  /** @param onPeak told the most memory that a process of its own held, bytes */
  readonly train: (job: TrainingJob, signal: AbortSignal, onPeak: (bytes: number) => void) => Promise<TrainingResult>;
  /** Epoch ms. */
  readonly now: () => number;
  readonly onStep: (step: ComparisonStep) => void;
  readonly signal: AbortSignal;
}

/** What a comparison is about to do. */
export interface ComparisonStep {
  readonly encoder: string;
  /** From 1, of all encoders. */
  readonly encoderNumber: number;
  /** Null while the encoder is fitted and its windows are encoded. */
  readonly method: Method | null;
  /** From 1, of all seeds. */
  readonly seedNumber: number;
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
  /** Of methods that grow one. */
  readonly tree: Dendrogram | undefined;
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
  const series = await encode(read, options, SERIES, seeds[0]!, options.signal, () => undefined);
  const encoded = new Map<string, Encoded>();
  // Those that another's training serves as well come after it.
  const ordered = encoders.toSorted((a, b) => Number(a.latentsOf !== undefined) - Number(b.latentsOf !== undefined));
  for (const [place, encoder] of ordered.entries()) {
    const own = methods.filter((method) => encoder.by === 'series' || !METHOD_TRAITS[method].onSeries);
    if (own.length === 0) {
      const why = `${methods.join(' and ')} take${methods.length === 1 ? 's' : ''} series alone`;
      failures.push({ encoder: encoder.name, method: null, why });
      continue;
    }
    const isShared = encoders.some(({ latentsOf }) => latentsOf === encoder.name);
    const trials = new Map(own.map((method): [Method, Trial[]] => [method, []]));
    try {
      for (const [i, seed] of seeds.entries()) {
        const step = { encoder: encoder.name, encoderNumber: place + 1, seedNumber: i + 1 };
        options.onStep({ ...step, method: null });
        const shared = encoder.latentsOf && encoded.get(`${encoder.latentsOf} ${seed}`);
        const { rows, encodeSeconds, peakBytes } = shared
          ? { ...shared, rows: toLatentRows(shared.rows, options.configOf(encoder, seed).cluster.distance) }
          : await encodeMeasured(read, options, encoder, seed);
        if (isShared) encoded.set(`${encoder.name} ${seed}`, { rows, encodeSeconds, peakBytes });
        for (const method of trials.keys()) {
          options.onStep({ ...step, method });
          const trial = await cluster(rows, series, method, seed, options).catch((error: unknown) => {
            failures.push({ encoder: encoder.name, method, why: reasonOf(error, options.signal) });
            trials.delete(method);
          });
          if (!trial) continue;
          trials.get(method)!.push({ ...trial, encodeSeconds, peakBytes: Math.max(peakBytes, trial.peakBytes) });
        }
      }
    } catch (error) {
      failures.push({ encoder: encoder.name, method: null, why: reasonOf(error, options.signal) });
      continue;
    }
    for (const [method, tried] of trials) {
      const candidate = summariseTrials(encoder.name, method, tried);
      candidates.push(candidate);
      const { rows, found } = tried[0]!;
      clusterings.set(keyOf(candidate), { rows, partition: found.partition, tree: found.tree });
    }
  }
  return { candidates, failures, clusterings, unusable: read.windows.length - series.usable.length };
}

/** Windows through an encoder that was fitted to them, and what that took. */
interface Encoded {
  readonly rows: ClusteredRows;
  readonly encodeSeconds: number;
  readonly peakBytes: number;
}

async function encodeMeasured(
  read: ReadWindows,
  options: CompareWindowsOptions,
  encoder: EncoderCandidate,
  seed: number,
): Promise<Encoded> {
  const { now, timeLimitMs, signal } = options;
  const start = now();
  const memory = watchMemory();
  let trained = 0;
  const onPeak = (bytes: number): void => {
    trained = Math.max(trained, bytes);
  };
  try {
    const rows = await withinLimit(timeLimitMs, signal, (own) => encode(read, options, encoder, seed, own, onPeak));
    return { rows, encodeSeconds: (now() - start) / 1000, peakBytes: Math.max(trained, memory.end()) };
  } finally {
    memory.end();
  }
}

const SERIES: EncoderCandidate = { name: 'series', by: 'series', set: {} };

function encode(
  { windows, named, labels, settingsOf }: ReadWindows,
  { configOf, train }: CompareWindowsOptions,
  candidate: EncoderCandidate,
  seed: number,
  signal: AbortSignal,
  onPeak: (bytes: number) => void,
): Promise<ClusteredRows> {
  const config = configOf(candidate, seed);
  return toWindowRows(windows, named, labels, {
    by: candidate.by,
    settings: settingsOf(config),
    mostFitted: config.model.reservoir,
    seed,
    train: (job) => train(job, signal, onPeak),
    signal,
  });
}

async function cluster(
  rows: ClusteredRows,
  series: ClusteredRows,
  method: Method,
  seed: number,
  { settings, k, now, timeLimitMs, signal }: CompareWindowsOptions,
): Promise<Omit<Trial, 'encodeSeconds'>> {
  const began = now();
  const memory = watchMemory();
  try {
    const found = await withinLimit(timeLimitMs, signal, (own) =>
      clusterRows(rows, { settings: { ...settings, method, seed }, k, now, signal: own }),
    );
    const clusterSeconds = (now() - began) / 1000;
    const peakBytes = memory.end();
    const scored = await scorePartition(series.points, found.partition, { seed, signal });
    return { rows, found, seriesSilhouette: scored.silhouette, clusterSeconds, peakBytes };
  } finally {
    memory.end();
  }
}

/** A stop on request is no failure of a candidate; whatever else happens is its own. */
function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) throw error;
  if (error instanceof SegtideError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
