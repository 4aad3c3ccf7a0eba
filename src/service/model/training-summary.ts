import type { ViewRecord } from '../../train/model-artifact.js';

/** What `segtide train` did. Plain JSON, as `--json` prints it. */
export interface TrainingSummary {
  /** The file that was written. */
  readonly model: string;
  readonly bytes: number;
  readonly modelVersion: string;
  /** Usage events that were read; null where windows were ready-made. */
  readonly events: number | null;
  /** Records that could not be read. */
  readonly deadLetters: number;
  /** Windows that came, and those of them that the model was made of. */
  readonly windows: number;
  readonly sampled: number;
  readonly steps: number;
  readonly channels: number;
  readonly updates: number;
  /** Kind of the encoder. */
  readonly encoder: string;
  /** Numbers of an embedding. */
  readonly embeddingSize: number;
  /** Latent dimensions that carry information, and how many there are; null where the encoder has none. */
  readonly activeUnits: number | null;
  readonly latent: number | null;
  /** What each view counts in the embedding, in order; none where the embedding is of no weighted views. */
  readonly views: readonly ViewRecord[];
  /** Why the training ended before its time, or learnt next to nothing; null where nothing went wrong. */
  readonly warning: string | null;
  /** On windows that were held out: mean squared per known cell, in scaled units. */
  readonly reconstructionError: number | null;
  /** On the same windows; null of a single segment. */
  readonly silhouette: number | null;
  readonly seconds: number;
  readonly segments: readonly TrainedSegment[];
}

export interface TrainedSegment {
  readonly segmentId: string;
  readonly name: string;
  /** Of the sample. */
  readonly windows: number;
  /** Mean of its windows, first channel, in the unit of the input; null where no window knows a step. */
  readonly prototype: readonly (number | null)[]; // (steps)
}
