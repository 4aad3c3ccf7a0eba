import type { Encoder } from '../encode/encoder.js';
import { viewMapOf } from '../encode/encoder-model.js';
import type { OpenEncoder } from '../encode/open-encoder.js';
import { openEncoderWith } from '../encode/plugin-encoders.js';
import { openEngine } from '../encode/vrae/engines/open-engine.js';
import { fitChallenger } from './challenger/fit-challenger.js';
import type { FitVraeOptions } from './challenger/fit-vrae.js';
import { type Incumbent, openIncumbent } from './challenger/incumbent.js';
import { knowsNoneOf, toIncumbentRoles } from './challenger/incumbent-roles.js';
import { judgeChallenger } from './challenger/judge-challenger.js';
import { toArtifact } from './challenger/to-artifact.js';
import { toTrainingResult } from './challenger/to-training-result.js';
import { type TrainingWindows, toTrainingWindows } from './challenger/training-windows.js';
import { type ChangeInViews, changedInViews } from './changed-in-views.js';
import { fromEncoderTensors } from './encoder-tensors.js';
import { isProvisional } from './provisional.js';
import type { TrainingJob, TrainingResult } from './training-job.js';
import { toWeightedViews } from './weighted-views.js';

export interface RunTrainingOptions extends FitVraeOptions {
  /** Makes the encoders that embed; each is freed when the job ends. @default those that encode in the caller's thread */
  readonly open?: OpenEncoder;
}

/**
 * Trains a challenger on a reservoir and holds it against the champion: scale, encoder, centroids, segment ids, gate,
 * profiles. The same job gives the same bytes.
 *
 * @throws SegtideError `encoder` when the reservoir is empty or the training diverges.
 */
export async function runTrainingJob(job: TrainingJob, options: RunTrainingOptions = {}): Promise<TrainingResult> {
  const { open = openEncoderWith(job.settings.encoder.plugins) } = options;
  const opened: Encoder[] = [];
  const keepOpen: OpenEncoder = (...args) => {
    const encoder = open(...args);
    opened.push(encoder);
    return encoder;
  };
  try {
    return await trainChallenger(job, options, keepOpen);
  } finally {
    for (const encoder of opened) encoder.dispose?.();
  }
}

async function trainChallenger(job: TrainingJob, options: FitVraeOptions, open: OpenEncoder): Promise<TrainingResult> {
  const all = await openWindows(job, open);
  const change = await findChange(all, job);
  if (change !== undefined) return learnChange({ ...job, since: change.since }, change, options, open);
  return challenge(job, all, options, open);
}

/** Learns what the champion has nothing of alone: a map of both would tell neither apart. */
async function learnChange(
  job: TrainingJob,
  { since, shift }: ChangeInViews,
  options: FitVraeOptions,
  open: OpenEncoder,
): Promise<TrainingResult> {
  const opened = await openWindows(job, open);
  const result = await challenge(job, opened, options, open);
  const told = `windows since ${new Date(since).toISOString()} lie elsewhere than all that the model in force learnt from: by ${shift.toFixed(2)} spreads in its views`;
  return { ...result, why: [told, ...result.why], found: { since, windows: opened.data.windows.length } };
}

async function challenge(
  job: TrainingJob,
  { data, incumbent }: OpenedWindows,
  options: FitVraeOptions,
  open: OpenEncoder,
): Promise<TrainingResult> {
  const { settings } = job;
  const roles = toIncumbentRoles(incumbent, job, data.windows);
  const challenger = await fitChallenger(job, data, roles, options, open);
  const judgement = await judgeChallenger(challenger, roles, data, settings);
  const artifact = await toArtifact(challenger, roles, judgement, data, job);
  return toTrainingResult(artifact, challenger, judgement, data, job);
}

interface OpenedWindows {
  readonly data: TrainingWindows;
  readonly incumbent: Incumbent | undefined;
}

async function openWindows(job: TrainingJob, open: OpenEncoder): Promise<OpenedWindows> {
  const data = toTrainingWindows(job);
  return { data, incumbent: job.champion && (await openIncumbent(job.champion, job.settings, data.windows, open)) };
}

/** Undefined, too, where it is known already since when all is new. */
async function findChange({ data, incumbent }: OpenedWindows, job: TrainingJob): Promise<ChangeInViews | undefined> {
  if (incumbent === undefined || isProvisional(incumbent.model.version)) return undefined;
  const { since, settings } = job;
  if (since !== undefined && knowsNoneOf(incumbent, job, data.windows)) return undefined;
  const { artifact, model, embeddings, membership } = incumbent;
  const viewMap = viewMapOf(fromEncoderTensors(artifact.encoder));
  if (viewMap === undefined) return undefined;
  const { engine } = await openEngine(settings.encoder.engine);
  try {
    const { series, length, latents } = embeddings;
    const viewed = { length, values: series.values, mask: series.mask, latents: latents?.values };
    const values = toWeightedViews(viewMap, viewed, engine);
    const { starts, ends } = data.windows;
    const segments = { k: model.cluster.k, size: viewMap.views.size, values, membership, starts, ends };
    return changedInViews(segments, artifact.createdAt, settings.cycleMs);
  } finally {
    engine.dispose();
  }
}
