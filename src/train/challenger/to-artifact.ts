import { fitAnomalyModel } from '../../anomaly/fit-anomaly-model.js';
import { autoencoderOf, type EncoderSettings } from '../../encode/encoder-options.js';
import { alignEmbeddings } from '../alignment.js';
import { toModelVersion, withModelVersion } from '../encode-artifact.js';
import { toEncoderTensors } from '../encoder-tensors.js';
import type { ModelArtifact, TrainingRecord } from '../model-artifact.js';
import { PROVISIONAL_NUMBER } from '../provisional.js';
import type { TrainingJob } from '../training-job.js';
import type { Challenger } from './fit-challenger.js';
import type { IncumbentRoles } from './incumbent-roles.js';
import type { Judgement } from './judge-challenger.js';
import type { TrainingWindows } from './training-windows.js';

/** Puts together all that is kept of a challenger, and names it by its content. */
export async function toArtifact(
  challenger: Challenger,
  { trained }: Pick<IncumbentRoles, 'trained'>,
  judgement: Judgement,
  { windows, split }: TrainingWindows,
  { number, reasons, seed, settings }: TrainingJob,
): Promise<ModelArtifact> {
  const { scale, fit, clusterModel, assignments, embeddings, match } = challenger;
  const { series, seriesHash, encoder, align } = settings;
  const unnamed: ModelArtifact = {
    modelVersion: '',
    createdAt: windows.watermark,
    reasons,
    seed,
    series,
    seriesHash,
    scale,
    encoder: { kind: encoder.kind, settings: storedSettings(encoder), ...toEncoderTensors(fit.model) },
    clusterModel,
    anomaly: number === PROVISIONAL_NUMBER ? null : (fitAnomalyModel(assignments, { ...split, seed }) ?? null),
    lineage: match.lineage,
    // Behaviour that is new to the model in force has a place in its space all the same.
    alignment: await alignEmbeddings(embeddings, trained, align),
    gate: judgement.decision.values,
    training: toTrainingRecord(challenger, judgement, split),
  };
  return withModelVersion(unnamed, toModelVersion(number, unnamed));
}

/**
 * What shaped an encoder of its kind. Where it is computed is no part of it: weights move between engines, and threads
 * change nothing. A plug-in's name is in the header.
 */
function storedSettings(encoder: EncoderSettings): object {
  const { kind, plugin, plugins, embeddingSize, dae, cnn, transformer, engine, threads, ...settings } = encoder;
  if (kind === 'vrae') return settings;
  const { shift, seed } = settings;
  const own = autoencoderOf(encoder);
  return own === undefined ? { embeddingSize, shift, seed } : { ...own, seed };
}

function toTrainingRecord(
  { fit, chosen: { tried } }: Challenger,
  { warnings }: Judgement,
  { train, heldOut }: TrainingWindows['split'],
): TrainingRecord {
  const { updates, trainLoss, heldOutLoss, heldOutReconstruction, activeUnits, views } = fit;
  return {
    windows: train.length,
    heldOutWindows: heldOut.length,
    updates,
    trainLoss,
    heldOutLoss,
    heldOutReconstruction,
    activeUnits,
    views,
    ...(tried.length > 0 && { kAdvice: tried }),
    ...(warnings.length > 0 && { warning: warnings.join('; ') }),
  };
}
