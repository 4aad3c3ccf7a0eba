import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import type { ClusterModel } from './cluster-model.js';

/** The nearest segment of each window. Row i belongs to row i of `embeddings`. */
export interface AssignmentBatch {
  readonly embeddings: EmbeddingBatch;
  readonly model: ClusterModel;
  readonly length: number;
  /** Row of `model.centroids`. */
  readonly nearest: Uint16Array; // (batch)
  /** Euclidean distance to the nearest centroid. */
  readonly distances: Float32Array; // (batch)
  /** (d2 - d1) / d2 with d2 the distance to the second nearest; 1 when there is only one centroid. In [0, 1]. */
  readonly margins: Float32Array; // (batch)
  /** Share of the nearest in the softmax of negative squared distances scaled by the model's mean inertia. In (0, 1]. */
  readonly confidences: Float32Array; // (batch)
}
