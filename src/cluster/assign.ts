import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import { SegtideError } from '../errors.js';
import { squaredDistances } from '../numeric/squared-distances.js';
import type { AssignmentBatch } from './assignment-batch.js';
import type { ClusterModel } from './cluster-model.js';

/**
 * Assigns each embedding to its nearest centroid; a tie goes to the lower index.
 *
 * Each row depends on itself and the model alone. A row that is not finite goes to centroid 0 with a distance of NaN,
 * a margin of 0 and a confidence of 1 / k, and teaches nothing (`statistics`).
 *
 * @throws SegtideError `encoder` when the embeddings have another size than the centroids.
 */
export function assign(model: ClusterModel, batch: EmbeddingBatch): AssignmentBatch {
  const { k, size } = model;
  if (batch.embeddingSize !== size) {
    throw new SegtideError(
      'encoder',
      `Embeddings must have the size of the centroids of model ${model.modelVersion}, ${size}; got ${batch.embeddingSize}. Use the encoder of the same model version.`,
    );
  }
  const { length, embeddings } = batch;
  const centroids = new Float64Array(model.centroids);
  const squared = new Float64Array(k);
  const nearest = new Uint16Array(length);
  const distances = new Float32Array(length);
  const margins = new Float32Array(length);
  const confidences = new Float32Array(length);
  // An inertia of 0 means that windows lie on their centroids: then only ties share.
  const softness = Math.max(model.meanInertia ?? 1, Number.MIN_VALUE);

  for (let i = 0; i < length; i++) {
    squaredDistances(embeddings, i * size, centroids, k, size, squared);
    let best = 0;
    let first = squared[0]!;
    let second = Number.POSITIVE_INFINITY;
    for (let j = 1; j < k; j++) {
      const d = squared[j]!;
      if (d < first) {
        second = first;
        first = d;
        best = j;
      } else if (d < second) {
        second = d;
      }
    }
    const distance = Math.sqrt(first);
    nearest[i] = best;
    distances[i] = distance;
    if (!Number.isFinite(first)) {
      distances[i] = Number.NaN;
      confidences[i] = 1 / k;
      continue;
    }
    const runnerUp = Math.sqrt(second);
    // Two centroids at distance 0 are a tie like any other: 0 / 0 would be NaN.
    margins[i] = k === 1 ? 1 : runnerUp === 0 ? 0 : (runnerUp - distance) / runnerUp;
    let shares = 0;
    for (let j = 0; j < k; j++) {
      const excess = (squared[j]! - first) / softness;
      if (excess < NEGLIGIBLE) shares += Math.exp(-excess);
    }
    confidences[i] = 1 / shares;
  }
  return { embeddings: batch, model, length, nearest, distances, margins, confidences };
}

/** exp(-20) is below what a float32 near 1 can tell, even fifty times over. */
const NEGLIGIBLE = 20;
