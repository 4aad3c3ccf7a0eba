import type { AnomalyModel } from '../anomaly/anomaly-model.js';
import type { TriedK } from '../cluster/choose-k.js';
import type { ClusterModel } from '../cluster/cluster-model.js';
import type { SegmentLineage } from '../cluster/segment-lineage.js';
import type { ViewKind } from '../encode/views/view-kind.js';
import type { Tensors } from '../numeric/safetensors.js';
import type { FittedScale } from '../series/fitted-scale.js';
import type { SeriesSettings } from '../series/series-settings.js';
import type { Alignment } from './alignment.js';
import type { GateValues } from './gate.js';

/** An encoder as stored: what it is, how it was set, and its numbers. What the header means is the encoder's affair. */
export interface EncoderArtifact {
  /** One of `ENCODER_KINDS`; another in a file of a later version. */
  readonly kind: string;
  /** Settings as plain JSON. */
  readonly settings: unknown;
  /** Plain JSON that describes the tensors. */
  readonly header: unknown;
  readonly tensors: Tensors;
}

/** How the encoder's training went. */
export interface TrainingRecord {
  /** Windows that it learnt from. */
  readonly windows: number;
  /** Windows that the model was judged on. */
  readonly heldOutWindows: number;
  /** 0 where the encoder is not trained by steps. */
  readonly updates: number;
  /** Null where the encoder has no loss, and so is the next. */
  readonly trainLoss: number | null;
  readonly heldOutLoss: number | null;
  /** Mean squared error per informative cell, in scaled units; null where the encoder can't reconstruct. */
  readonly heldOutReconstruction: number | null;
  /** Latent dimensions that carry information; null where the encoder has none. */
  readonly activeUnits: number | null;
  /** What each view counts in the embedding, in order; none where the embedding is of no weighted views. */
  readonly views: readonly ViewRecord[];
  /** Numbers of segments that were tried, in ascending order; absent where `cluster.k` is set. */
  readonly kAdvice?: readonly TriedK[];
  /** Why it ended before its time, or learnt next to nothing; absent where nothing went wrong. */
  readonly warning?: string;
}

/** What a view counts in a model's embedding. */
export interface ViewRecord {
  readonly kind: ViewKind;
  /** How far it agrees with the other views, from 0 to 1. */
  readonly weight: number;
  /** Why it tells nothing of the windows, and weighs nothing; null where it does. */
  readonly degenerate: string | null;
}

/** Everything that was fitted, as one model version. Two artifacts of the same content are the same bytes. */
export interface ModelArtifact {
  /** `v1`, `v2` … with a short hash of the content, as `toModelVersion` makes it. */
  readonly modelVersion: string;
  /** Event time of the fit, epoch ms. */
  readonly createdAt: number;
  /** Why it was trained. */
  readonly reasons: readonly string[];
  readonly seed: number;
  /** How windows were made ready for the encoder. */
  readonly series: SeriesSettings;
  /** Hash of the settings of window and series that shaped its input; models are not used under others. */
  readonly seriesHash: string;
  /** Global scale of the series; null where every window is scaled by itself. */
  readonly scale: FittedScale | null;
  readonly encoder: EncoderArtifact;
  readonly clusterModel: ClusterModel;
  /** What tells usual windows from others; null where there were too few to tell, and in a provisional model. */
  readonly anomaly: AnomalyModel | null;
  /** What became of the segments of the model before. */
  readonly lineage: readonly SegmentLineage[];
  /** Onto the space of an earlier version; null where embeddings are not mapped, and for a version that begins a space. */
  readonly alignment: Alignment | null;
  readonly gate: GateValues | null;
  readonly training: TrainingRecord;
}
