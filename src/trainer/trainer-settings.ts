import type { DriftSettings } from '../drift/drift-settings.js';
import type { RetrainSettings } from '../train/retrain-settings.js';
import type { ModelSettings } from '../train/training-job.js';

export interface TrainerSettings {
  readonly model: ModelSettings;
  readonly retrain: RetrainSettings;
  /** Windows after which a provisional model is made, to assign until the first fit; undefined for none. */
  readonly provisionalFit: number | undefined;
  readonly reservoir: {
    readonly capacity: number;
    readonly halfLifeMs: number | undefined;
    /** Share that a segment is to have however rare it is; it is the workers that weigh windows by it. @default 0 */
    readonly floor?: number;
  };
  readonly drift: DriftSettings;
  /** Drift that asks for it starts a training. */
  readonly retrainOnDrift: boolean;
  /**
   * In a replay a model takes effect exactly so many windows after the window it was trained up to, and the stream
   * waits there; undefined when live, where it takes effect on arrival.
   */
  readonly swapAfterWindows: number | undefined;
  /** Every so many trainings one begins from new weights and not from the champion's. */
  readonly freshEvery: number;
  /** Former models that are kept to go back to, and as many refused ones; at least 1. @default 5 */
  readonly keepModels?: number;
  /** Most time that a training may take, in ms, before it is ended and the champion serves on. @default an hour */
  readonly maxTrainingMs?: number;
  readonly seed: number;
}
