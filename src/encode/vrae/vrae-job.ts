import type { VraeSettings } from './vrae-options.js';
import type { VraeWeights } from './vrae-weights.js';

/** Series to learn from, one row each. */
export interface TrainingSeries {
  readonly length: number;
  readonly steps: number;
  readonly channels: number;
  readonly values: Float32Array; // (length, steps, channels)
  /** As in a `SeriesBatch`: cells of mask 0 and 1 count in the loss. */
  readonly mask: Uint8Array; // (length, steps, channels)
  /** Numbers that describe a whole series in another way, each; none when undefined. */
  readonly viewSize?: number;
  /** Those numbers, which the posterior is given beside what the encoder read. */
  readonly views?: Float32Array; // (length, viewSize)
}

/** Everything that a training depends on. */
export interface VraeJob {
  readonly settings: VraeSettings;
  readonly series: TrainingSeries;
  /** Weights to go on from, of the same shape; new ones when undefined. */
  readonly initial?: VraeWeights | undefined;
}

/** Where a training stands after one of its evaluations. */
export interface VraeProgress {
  /** Updates done. */
  readonly updates: number;
  /** Updates at most. */
  readonly of: number;
  /** Mean loss of the updates since the last evaluation. */
  readonly trainLoss: number;
  readonly heldOutLoss: number;
  /** Series that are learnt from; the others are held out. */
  readonly series: number;
}

export interface VraeFit {
  /** Those with the least held-out loss. */
  readonly weights: VraeWeights;
  /** Mean training loss, with sampling and the beta of each update, between the two evaluations that end at these weights. */
  readonly trainLoss: number;
  /** Loss over the held-out series with the posterior mean and the full beta. */
  readonly heldOutLoss: number;
  /** The reconstruction term of it: the mean loss per informative cell; its squared error unless another is asked for. */
  readonly heldOutReconstruction: number;
  /** Latents whose posterior mean varies over the held-out series by more than 0.01 (Burda et al., 2016). */
  readonly activeUnits: number;
  /** Updates done in all; more than led to `weights` when the last of them brought no gain. */
  readonly updates: number;
  /** Why the training ended before its time, with weights that are good all the same; undefined where nothing went wrong. */
  readonly warning: string | undefined;
}
