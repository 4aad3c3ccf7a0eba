import { SegtideError } from '../../errors.js';
import { decodeArtifact } from '../../train/encode-artifact.js';
import { firstJob } from '../../train/first-job.js';
import { refuseTooFew } from '../../train/refuse-too-few.js';
import type { TrainingJob, TrainingResult } from '../../train/training-job.js';
import { writeWholeFile } from '../../transport/file/write-whole-file.js';
import type { GatheredWindows } from './gather-windows.js';
import { shownCurve } from './shown-curve.js';
import type { TrainingSummary } from './training-summary.js';

export interface TrainParts {
  readonly train: (job: TrainingJob) => Promise<TrainingResult>;
  /** Epoch ms. */
  readonly now: () => number;
}

/**
 * Trains a first model and writes it to a file.
 *
 * @param gather the windows, asked for when the clock has started
 * @throws SegtideError `config` when there are too few windows; `encoder` when the training fails or gives a model that no stream would take into force
 */
export async function trainModel(
  gather: () => Promise<GatheredWindows>,
  { path, seed }: { readonly path: string; readonly seed: number },
  { train, now }: TrainParts,
): Promise<TrainingSummary> {
  const began = now();
  const { reservoir, settings, events, deadLetters } = await gather();
  refuseTooFew(reservoir.customers.length, 2);
  const result = await train(
    firstJob({
      reasons: [`segtide train: ${reservoir.customers.length} windows`],
      seed,
      settings,
      reservoir,
    }),
  );
  if (!result.promoted) {
    const text = `The model is not sound and was not written: ${result.why.join('; ')}.`;
    throw new SegtideError('encoder', text);
  }
  await writeWholeFile(path, result.artifact);
  const { training, series, encoder, clusterModel } = decodeArtifact(result.artifact);
  const { steps, channels } = { steps: series.windowSteps, channels: series.channels };
  return {
    model: path,
    bytes: result.artifact.length,
    modelVersion: result.modelVersion,
    events,
    deadLetters,
    windows: reservoir.offered,
    sampled: reservoir.customers.length,
    steps,
    channels,
    updates: training.updates,
    encoder: encoder.kind,
    embeddingSize: clusterModel.size,
    activeUnits: training.activeUnits,
    views: training.views,
    warning: training.warning ?? null,
    latent: (encoder.settings as { readonly latent?: number }).latent ?? null,
    reconstructionError: result.values.challengerReconstructionError,
    silhouette: result.profiles.length > 1 ? result.values.challengerSilhouette : null,
    seconds: (now() - began) / 1000,
    segments: result.profiles.map(({ segmentId, name, size, prototype }) => ({
      segmentId,
      name,
      windows: size,
      prototype: shownCurve(prototype, steps, channels),
    })),
  };
}
