import { adjustedRandIndex } from '../cluster/adjusted-rand-index.js';
import { assign } from '../cluster/assign.js';
import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import { normalizedMutualInformation } from '../cluster/normalized-mutual-information.js';
import { NO_CENTROID } from '../cluster/refit-centroids.js';
import { silhouette } from '../cluster/silhouette.js';
import { SegtideError } from '../errors.js';
import { createRandom } from '../numeric/random.js';
import { prepareSeries } from '../series/prepare-series.js';
import type { WindowBatch } from '../window/window-batch.js';
import { decodeArtifact } from './encode-artifact.js';
import { openModel } from './loaded-model.js';
import type { ModelArtifact } from './model-artifact.js';
import type { ReservoirSnapshot } from './reservoir-snapshot.js';
import type { ModelSettings, TrainingJob, TrainingResult } from './training-job.js';
import { selectWindows } from './window-rows.js';

export interface EvaluationOptions {
  /** A class of each window, empty where it is unknown; never shown to the model. */
  readonly labels?: readonly string[] | undefined;
  /** `all` fits and scores all windows; 0 and 1 fit that half of them, drawn by the seed, and score the other. */
  readonly fold: 'all' | 0 | 1;
  /** Any integer. */
  readonly seed: number;
  /** How a job is trained: here, or in a process of its own. */
  readonly train: (job: TrainingJob) => Promise<TrainingResult>;
}

/** How good a model is on windows, and the model. */
export interface Evaluation {
  readonly model: ModelArtifact;
  /** What the gate would have said of it, and what its segments look like in the windows that it was fitted to. */
  readonly verdict: Pick<TrainingResult, 'promoted' | 'why' | 'profiles'>;
  /** Windows that it was fitted to. */
  readonly fitted: number;
  /** Windows that were assigned and scored, ascending. */
  readonly rows: Uint32Array;
  readonly assignments: AssignmentBatch;
  /** Segments of the model. */
  readonly k: number;
  /** Of segments with labels; null where no scored window has one. */
  readonly ari: number | null;
  /** Of segments with labels, in [0, 1]; null where no scored window has one. */
  readonly nmi: number | null;
  /** Of the embeddings by segment, in [-1, 1]. */
  readonly silhouette: number;
  /** Mean squared error over the known cells of prepared series; null where the encoder can't reconstruct. */
  readonly reconstructionError: number | null;
}

/**
 * Fits a first model to ready-made windows, exactly as the trainer fits one to its reservoir, and scores it.
 *
 * @param windows whose times say nothing
 * @throws SegtideError `config` when there are too few windows to fit and to score; as `runTrainingJob` besides
 */
export async function evaluateWindows(
  windows: WindowBatch,
  settings: ModelSettings,
  { labels, fold, seed, train }: EvaluationOptions,
): Promise<Evaluation> {
  const { fitRows, rows } = splitRows(windows.length, fold, seed);
  const fitted = selectWindows(windows, fitRows);
  const result = await train({
    number: 1,
    reasons: [`${fitted.length} windows`],
    seed,
    settings,
    reservoir: toReservoirSnapshot(fitted, seed),
    champion: undefined,
    fresh: true,
    nextSegmentNumber: 1,
  });
  const model = decodeArtifact(result.artifact);
  const { encoder, settings: series, scale, cluster } = openModel(model);
  try {
    const embeddings = await encoder.encode(prepareSeries(series, scale, selectWindows(windows, rows)));
    const assignments = assign(cluster, embeddings);
    const known = labels && [...rows.keys()].filter((i) => labels[rows[i]!] !== '');
    const truth = known?.map((i) => labels?.[rows[i]!]);
    const found = known?.map((i) => assignments.nearest[i]);
    const scored = truth !== undefined && found !== undefined && truth.length > 0;
    const membership = assignments.nearest.map((j, i) => (Number.isNaN(assignments.distances[i]) ? NO_CENTROID : j));
    return {
      model,
      verdict: result,
      fitted: fitted.length,
      rows,
      assignments,
      k: cluster.k,
      ari: scored ? adjustedRandIndex(truth, found) : null,
      nmi: scored ? normalizedMutualInformation(truth, found) : null,
      silhouette: silhouette(embeddings.embeddings, embeddings.embeddingSize, membership, { sample: SAMPLE, seed }),
      reconstructionError: meanError(assignments),
    };
  } finally {
    encoder.dispose?.();
  }
}

/** Rows that the silhouette is taken over at most: 10,000 take some seconds. */
const SAMPLE = 10_000;

/** Rows to fit and rows to score: all of both, or a half drawn by the seed and the other one. */
function splitRows(length: number, fold: EvaluationOptions['fold'], seed: number) {
  const all = Uint32Array.from({ length }, (_, i) => i);
  if (length < (fold === 'all' ? 2 : 4)) {
    throw new SegtideError('config', `${length} windows are too few to fit a model to; give at least 4`);
  }
  if (fold === 'all') return { fitRows: all, rows: all };
  const random = createRandom(seed);
  const order = all.slice();
  for (let i = length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const middle = Math.ceil(length / 2);
  const halves = [order.slice(0, middle).sort(), order.slice(middle).sort()] as const;
  return { fitRows: halves[fold], rows: halves[fold === 0 ? 1 : 0] };
}

function toReservoirSnapshot(windows: WindowBatch, seed: number): ReservoirSnapshot {
  const { length, steps, channels, customers, ids, starts, ends, observedSteps, values, mask } = windows;
  return {
    formatVersion: 1,
    offered: length,
    steps,
    channels,
    seed,
    halfLifeMs: null,
    customers: Array.from(customers, (slot) => ids.text(slot)),
    starts,
    ends,
    observedSteps,
    values,
    mask,
  };
}

function meanError({ embeddings }: AssignmentBatch): number | null {
  const { series, reconstructionErrors } = embeddings;
  if (reconstructionErrors === undefined) return null;
  const cells = series.steps * series.channels;
  let sum = 0;
  let known = 0;
  for (let row = 0; row < series.length; row++) {
    let count = 0;
    for (let at = row * cells; at < (row + 1) * cells; at++) if (series.mask[at]! <= 1) count++;
    sum += count * reconstructionErrors[row]!;
    known += count;
  }
  return known === 0 ? 0 : sum / known;
}
