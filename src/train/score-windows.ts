import { adjustedRandIndex } from '../cluster/adjusted-rand-index.js';
import { assign } from '../cluster/assign.js';
import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import { normalizedMutualInformation } from '../cluster/normalized-mutual-information.js';
import { profileSegments } from '../cluster/profile-segments.js';
import type { SegmentProfile } from '../cluster/segment-profile.js';
import { silhouetteInParts } from '../cluster/silhouette.js';
import { toMembership } from '../cluster/to-membership.js';
import { SegtideError } from '../errors.js';
import type { Abortable } from '../numeric/abortable.js';
import { isInformative } from '../window/is-informative.js';
import type { WindowBatch } from '../window/window-batch.js';
import { embedWindows } from './embed-windows.js';
import { type OpenSettings, openModel } from './loaded-model.js';
import type { ModelArtifact } from './model-artifact.js';
import { selectWindows } from './window-rows.js';

export interface ScoreOptions {
  /** Windows to score, ascending. @default all */
  readonly rows?: Uint32Array | undefined;
  /** A class of each window, empty where it is unknown. */
  readonly labels?: readonly string[] | undefined;
  /** Draws the rows of the silhouette where there are more than 10,000. */
  readonly seed: number;
  /** What the model is opened with. @default the engine that is fastest here, and no plug-ins */
  readonly encoder?: OpenSettings | undefined;
  /** Looked at now and then. */
  readonly signal?: Abortable | undefined;
}

/** How good a model is on windows. */
export interface Scores {
  readonly model: ModelArtifact;
  /** Windows that were assigned and scored, ascending. */
  readonly rows: Uint32Array;
  readonly assignments: AssignmentBatch;
  /** What the segments look like in these windows, in the order of the centroids. */
  readonly profiles: readonly SegmentProfile[];
  /** Adjusted Rand index of segments and labels; null where no window has a label. */
  readonly ari: number | null;
  /** Normalised mutual information of segments and labels, in [0, 1]; null where no window has a label. */
  readonly nmi: number | null;
  /** Of the embeddings by segment, in [-1, 1]. */
  readonly silhouette: number;
  /** Mean squared error over the known cells of prepared series; null where the encoder can't reconstruct. */
  readonly reconstructionError: number | null;
}

/**
 * Assigns windows by a model, and measures how well that went.
 *
 * @throws SegtideError `config` when windows have another shape than those that the model was fitted to; `aborted` on
 * request
 */
export async function scoreWindows(
  model: ModelArtifact,
  windows: WindowBatch,
  { rows = Uint32Array.from({ length: windows.length }, (_, i) => i), labels, seed, encoder, signal }: ScoreOptions,
): Promise<Scores> {
  const { windowSteps, channels } = model.series;
  if (windows.steps !== windowSteps || windows.channels !== channels) {
    throw new SegtideError(
      'config',
      `model ${model.modelVersion} takes windows of ${windowSteps} × ${channels} (steps × channels); got ${windows.steps} × ${windows.channels}`,
    );
  }
  const loaded = openModel(model, encoder);
  try {
    const embeddings = await embedWindows(loaded, selectWindows(windows, rows), signal);
    const assignments = assign(loaded.cluster, embeddings);
    return {
      model,
      rows,
      assignments,
      profiles: profileSegments(assignments),
      ...agreement(assignments.nearest, rows, labels),
      silhouette: await silhouetteInParts(assignments.points, embeddings.embeddingSize, toMembership(assignments), {
        sample: SILHOUETTE_ROWS,
        seed,
        signal,
      }),
      reconstructionError: meanError(assignments),
    };
  } finally {
    loaded.encoder.dispose?.();
  }
}

/** Rows that the silhouette is taken over at most: their distances take some seconds. */
const SILHOUETTE_ROWS = 10_000;

function agreement(
  nearest: Uint16Array,
  rows: Uint32Array,
  labels: readonly string[] = [],
): Pick<Scores, 'ari' | 'nmi'> {
  const truth: string[] = [];
  const found: number[] = [];
  for (const [i, row] of rows.entries()) {
    const label = labels[row];
    if (label === undefined || label === '') continue;
    truth.push(label);
    found.push(nearest[i]!);
  }
  if (truth.length === 0) return { ari: null, nmi: null };
  return { ari: adjustedRandIndex(truth, found), nmi: normalizedMutualInformation(truth, found) };
}

function meanError({ embeddings }: AssignmentBatch): number | null {
  const { series, reconstructionErrors } = embeddings;
  if (reconstructionErrors === undefined) return null;
  const cells = series.steps * series.channels;
  let sum = 0;
  let known = 0;
  for (let row = 0; row < series.length; row++) {
    let count = 0;
    for (let at = row * cells; at < (row + 1) * cells; at++) if (isInformative(series.mask[at]!)) count++;
    sum += count * reconstructionErrors[row]!;
    known += count;
  }
  return known === 0 ? 0 : sum / known;
}
