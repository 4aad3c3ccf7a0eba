import type { ClusterModel } from '../cluster/cluster-model.js';
import type { SegmentLineage } from '../cluster/segment-lineage.js';
import type { FittedScale } from '../series/fitted-scale.js';
import type { GateValues } from './gate.js';

/** An encoder as stored: what it is, how it was set, and its numbers. What the header means is the encoder's affair. */
export interface EncoderArtifact {
  /** `vrae`, `pca` … */
  readonly kind: string;
  /** Settings as plain JSON. */
  readonly settings: unknown;
  /** Plain JSON that describes `values`. */
  readonly header: unknown;
  readonly values: Float32Array;
}

/** Everything that was fitted, as one model version. Two artifacts of the same content are the same bytes. */
export interface ModelArtifact {
  readonly formatVersion: 1;
  /** `v1`, `v2` … with a short hash of the content, as `toModelVersion` makes it. */
  readonly modelVersion: string;
  /** Event time of the fit, epoch ms. */
  readonly createdAt: number;
  /** Why it was trained. */
  readonly reasons: readonly string[];
  /** Hash of the settings of window and series that shaped its input; models are not used under others. */
  readonly seriesHash: string;
  /** Global scale of the series; null where every window is scaled by itself. */
  readonly scale: FittedScale | null;
  readonly encoder: EncoderArtifact;
  readonly clusterModel: ClusterModel;
  /** What became of the segments of the model before. */
  readonly lineage: readonly SegmentLineage[];
  readonly gate: GateValues | null;
  readonly seed: number;
}
