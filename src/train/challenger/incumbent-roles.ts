import type { EncoderKind } from '../../encode/encoder-kind.js';
import { isAutoencoder } from '../../encode/encoder-model.js';
import type { WindowBatch } from '../../window/window-batch.js';
import { fromEncoderTensors } from '../encoder-tensors.js';
import { isProvisional } from '../provisional.js';
import type { TrainingJob } from '../training-job.js';
import type { Incumbent } from './incumbent.js';

/** What the model in force is to a training: each role undefined where it can't fill it. */
export interface IncumbentRoles {
  /** Gives its segments' ids. */
  readonly former: Incumbent | undefined;
  /** Gives its weights to begin with, and is what the challenger is held against. */
  readonly trained: Incumbent | undefined;
  /** Gives its segments to grow from, and customers should stay in them. */
  readonly champion: Incumbent | undefined;
  /** Keeps its scale, and its VRAE where it has one: a refit is enough. */
  readonly kept: Incumbent | undefined;
  /** Start of a behaviour that the model in force has seen nothing of, epoch ms; undefined where there is none. */
  readonly unknownSince: number | undefined;
}

export function toIncumbentRoles(
  former: Incumbent | undefined,
  job: TrainingJob,
  windows: Pick<WindowBatch, 'ends'>,
): IncumbentRoles {
  const { since, refit, settings } = job;
  const isUnknown = former !== undefined && since !== undefined && knowsNoneOf(former, job, windows);
  // A provisional model gives its segments' ids, and is no measure for anything else.
  const trained = former && isProvisional(former.model.version) ? undefined : former;
  return {
    former,
    trained,
    // The segments of one that was fitted to another behaviour tell nothing of who belongs together now.
    champion: isUnknown ? undefined : trained,
    kept: refit === true && trained !== undefined && canRefit(trained, settings.encoder.kind) ? trained : undefined,
    unknownSince: isUnknown ? since : undefined,
  };
}

/**
 * Whether none of the windows ended before it was fitted; windows that overlap may have begun before. A model that was
 * fitted in the midst of a wave, as a watch asks for that sees a change in its first windows, has seen a few of them
 * beside all that came before: that is not to know them. One that was fitted to them alone knows them.
 */
export function knowsNoneOf(
  { artifact: { createdAt } }: Incumbent,
  { since, championSince }: Pick<TrainingJob, 'since' | 'championSince'>,
  { ends }: Pick<WindowBatch, 'ends'>,
): boolean {
  const isFittedToIt = since !== undefined && since === championSince;
  return ends.every((end) => end > createdAt || (end === createdAt && !isFittedToIt));
}

/** Whether its segments rest on views, which can be fitted anew without the weights of a VRAE. */
function canRefit({ artifact }: Incumbent, kind: EncoderKind): boolean {
  const model = fromEncoderTensors(artifact.encoder);
  if (model.kind !== kind || isAutoencoder(model)) return false;
  if (model.kind !== 'vrae') return true;
  const views = model.viewMap?.views.views ?? [];
  return views.length > 0 && !views.some(({ kind }) => kind === 'latents');
}
