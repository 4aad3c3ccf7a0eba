import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import type { ClusterModel } from './cluster-model.js';

/** The nearest segment of each window. Row i belongs to row i of `embeddings`. */
export interface AssignmentBatch {
  readonly embeddings: EmbeddingBatch;
  /** The embeddings as they were clustered; others than those of `embeddings` under `distance: cosine`. */
  readonly points: Float32Array; // (batch, size)
  readonly model: ClusterModel;
  readonly length: number;
  /** Row of `model.centroids`. */
  readonly nearest: Uint16Array; // (batch)
  /** Distance to the nearest centroid; under `cosine` that of unit vectors, √(2 − 2 cos φ). */
  readonly distances: Float32Array; // (batch)
  /** (d2 - d1) / d2 with d2 the distance to the second nearest; 1 when there is only one centroid. In [0, 1]. */
  readonly margins: Float32Array; // (batch)
  /**
   * Share of the nearest in a mixture of equally likely, equally wide round clusters: e^(-d1² / s) / Σ e^(-dj² / s) with
   * s the model's mean inertia, the mean squared distance of a window to its own centroid. In [1 / k, 1].
   */
  readonly confidences: Float32Array; // (batch)
}
