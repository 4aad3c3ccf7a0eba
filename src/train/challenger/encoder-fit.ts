import type { EncoderModel } from '../../encode/encoder-model.js';
import type { TrainingRecord, ViewRecord } from '../model-artifact.js';

/** An encoder that is fitted, and how that went. */
export interface EncoderFit
  extends Pick<TrainingRecord, 'updates' | 'trainLoss' | 'heldOutLoss' | 'heldOutReconstruction' | 'activeUnits'> {
  readonly model: EncoderModel;
  /** What each view counts, in order; none where the embedding is of no weighted views. */
  readonly views: readonly ViewRecord[];
  /** Undefined where nothing went wrong. */
  readonly warning: string | undefined;
}
