import type { EncoderInit } from '../../encode/encoder-options.js';
import { type Beginning, pretrainedWeights } from '../../encode/pretrained/pretrained-weights.js';
import { trainVrae, type VraeFit } from '../../encode/vrae/train-vrae.js';
import { createTrainingNetwork } from '../../encode/vrae/vrae-engine.js';
import { differingField, toVraeShape, type VraeShape } from '../../encode/vrae/vrae-shape.js';
import type { VraeWeights } from '../../encode/vrae/vrae-weights.js';
import type { SeriesBatch } from '../../series/series-batch.js';
import { fromEncoderTensors } from '../encoder-tensors.js';
import { PROVISIONAL_NUMBER } from '../provisional.js';
import type { TrainingJob } from '../training-job.js';
import { createProgressMeter, type TrainingProgress } from '../training-progress.js';
import type { EncoderFit } from './encoder-fit.js';
import type { Incumbent } from './incumbent.js';

export interface FitVraeOptions {
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Monotonic time in ms, for the pace that progress tells. @default time stands still */
  readonly now?: () => number;
}

/** More would not be worth the wait: a provisional model has few windows to learn from, and does not serve for long. */
export const PROVISIONAL_UPDATES = 100;

/**
 * Trains the VRAE, from the weights of the model in force, unless all begins anew.
 *
 * @throws SegtideError `encoder` when the training diverges
 */
export async function fitVrae(
  { number, settings, seed, fresh }: TrainingJob,
  series: SeriesBatch,
  incumbent: Incumbent | undefined,
  { onProgress, now = () => 0 }: FitVraeOptions,
): Promise<VraeFit> {
  const shape = toVraeShape(settings.encoder, series);
  const network = await createTrainingNetwork(shape, settings.encoder, series.length);
  try {
    const beginning = beginningOf(shape, settings.encoder.init, fresh ? undefined : incumbent);
    const most = beginning === undefined || beginning.adapted ? settings.encoder.updates : settings.warmUpdates;
    const updates = number === PROVISIONAL_NUMBER ? Math.min(most, PROVISIONAL_UPDATES) : most;
    const meter = createProgressMeter(settings.encoder.batch, now);
    return trainVrae(
      { settings: { ...settings.encoder, updates, seed }, series, initial: beginning?.weights },
      { network, onProgress: (progress) => onProgress?.(meter(progress)) },
    );
  } finally {
    network.dispose();
  }
}

/** The weights of the model in force as they are, where a refit is enough. */
export function keepVrae(incumbent: Incumbent): Omit<EncoderFit, 'model' | 'views'> & Pick<VraeFit, 'weights'> {
  const { trainLoss, heldOutLoss, heldOutReconstruction, activeUnits } = incumbent.artifact.training;
  const weights = weightsOf(incumbent)!;
  return { weights, updates: 0, trainLoss, heldOutLoss, heldOutReconstruction, activeUnits, warning: undefined };
}

/** The incumbent's weights, or those that ship with the package, where they have the shape that is to be trained. */
function beginningOf(shape: VraeShape, init: EncoderInit, incumbent: Incumbent | undefined): Beginning | undefined {
  const weights = incumbent && weightsOf(incumbent);
  if (weights !== undefined && differingField(weights.shape, shape) === undefined) return { weights, adapted: false };
  return init === 'pretrained' ? pretrainedWeights(shape) : undefined;
}

/** Undefined where its encoder is of another kind. */
function weightsOf({ artifact }: Incumbent): VraeWeights | undefined {
  const model = fromEncoderTensors(artifact.encoder);
  return model.kind === 'vrae' ? model.vrae : undefined;
}
