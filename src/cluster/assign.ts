import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import { SegtideError } from '../errors.js';
import { assignPlainly } from '../numeric/assign-plainly.js';
import type { NearestEngine } from '../numeric/nearest-engine.js';
import type { AssignmentBatch } from './assignment-batch.js';
import type { ClusterModel } from './cluster-model.js';
import { toClusterPoints } from './cluster-points.js';

/**
 * Assigns each embedding to its nearest centroid; a tie goes to the lower index.
 *
 * Each row depends on itself and the model alone. A row that is not finite goes to centroid 0 with a distance of NaN,
 * a margin of 0 and a confidence of 1 / k, and teaches nothing (`statistics`).
 *
 * @param engine what computes. @default plain typed arrays, in double precision
 * @throws SegtideError `encoder` when the embeddings have another size than the centroids.
 */
export function assign(
  model: ClusterModel,
  batch: EmbeddingBatch,
  engine: Partial<NearestEngine> = {},
): AssignmentBatch {
  const { k, size } = model;
  if (batch.embeddingSize !== size) {
    throw new SegtideError(
      'encoder',
      `Embeddings must have the size of the centroids of model ${model.modelVersion}, ${size}; got ${batch.embeddingSize}. Use the encoder of the same model version.`,
    );
  }
  const { length } = batch;
  const points = toClusterPoints(batch, model.distance);
  // One buffer for all: making one takes longer than a centroid's part in a small batch.
  const buffer = new ArrayBuffer(14 * length);
  const distances = new Float32Array(buffer, 0, length);
  const margins = new Float32Array(buffer, 4 * length, length);
  const confidences = new Float32Array(buffer, 8 * length, length);
  const nearest = new Uint16Array(buffer, 12 * length, length);
  const task = {
    points,
    centroids: model.centroids,
    count: k,
    size,
    // An inertia of 0 means that windows lie on their centroids: then only ties share.
    softness: Math.max(model.meanInertia ?? 1, Number.MIN_VALUE),
    ...{ nearest, distances, margins, confidences },
  };
  if (engine.assignNearest === undefined) assignPlainly(task);
  else engine.assignNearest(task);
  return { embeddings: batch, points, model, length, nearest, distances, margins, confidences };
}
