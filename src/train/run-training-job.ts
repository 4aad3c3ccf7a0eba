import type { Encoder } from '../encode/encoder.js';
import type { OpenEncoder } from '../encode/open-encoder.js';
import { openEncoderWith } from '../encode/plugin-encoders.js';
import { fitChallenger } from './challenger/fit-challenger.js';
import type { FitVraeOptions } from './challenger/fit-vrae.js';
import { openIncumbent } from './challenger/incumbent.js';
import { toIncumbentRoles } from './challenger/incumbent-roles.js';
import { judgeChallenger } from './challenger/judge-challenger.js';
import { toArtifact } from './challenger/to-artifact.js';
import { toTrainingResult } from './challenger/to-training-result.js';
import { toTrainingWindows } from './challenger/training-windows.js';
import type { TrainingJob, TrainingResult } from './training-job.js';

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
  const { settings } = job;
  const data = toTrainingWindows(job);
  const incumbent = job.champion && (await openIncumbent(job.champion, settings, data.windows, open));
  const roles = toIncumbentRoles(incumbent, job);
  const challenger = await fitChallenger(job, data, roles, options, open);
  const judgement = await judgeChallenger(challenger, roles, data, settings);
  const artifact = await toArtifact(challenger, roles, judgement, data, job);
  return toTrainingResult(artifact, challenger, judgement, data, job);
}
