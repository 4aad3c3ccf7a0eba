import type { ClusterDistance } from './cluster-points.js';

/** Centroids and the segments that they stand for; immutable. Row j of `centroids` belongs to `segmentIds[j]`. */
export interface ClusterModel {
  readonly modelVersion: string;
  /** Counts the small centroid updates within a model version. */
  readonly centroidEpoch: number;
  readonly k: number;
  readonly size: number;
  readonly centroids: Float32Array; // (k, size)
  /** Windows that a centroid has learnt from (Sculley's per-centre count), after decay. */
  readonly weights: Float64Array; // (k)
  /** Stable identity of each centroid; never reused. */
  readonly segmentIds: readonly string[]; // (k)
  /** Mean squared distance of a window to its own centroid: the scale of confidences and of drift. @default 1 */
  readonly meanInertia?: number;
  /** How points are compared with centroids; under `cosine` both have unit length. @default 'euclidean' */
  readonly distance?: ClusterDistance;
  /**
   * Segments that began since the version was published (`reseedStarved`): what is usual in them, the model does not
   * know. @default none
   */
  readonly born?: readonly string[];
}

/** What a batch of assignments teaches: mergeable in any order. */
export interface Statistics {
  readonly modelVersion: string;
  readonly centroidEpoch: number;
  readonly k: number;
  readonly size: number;
  readonly weights: Float64Array; // (k)
  readonly sums: Float64Array; // (k, size)
  readonly sumSquares: Float64Array; // (k, size)
  /** Sum of squared distances to the assigned centroid, at assignment. */
  readonly inertia: number;
}
