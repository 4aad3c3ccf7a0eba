import type { EmbeddingBatch } from '../encode/embedding-batch.js';

/**
 * What distance segments are told apart by: `euclidean`, or `cosine`, for which embeddings and centroids are brought to
 * unit length. The distance is then √(2 − 2 cos φ) of the angle between them, from 0 to 2 (spherical k-means; Dhillon &
 * Modha, 2001).
 */
export type ClusterDistance = 'euclidean' | 'cosine';

/**
 * Embeddings as they are clustered: themselves, or a copy of unit length. A row of zeros has no direction and stays.
 *
 * @returns (rows, size)
 */
export function toClusterPoints(
  { embeddings, embeddingSize }: Pick<EmbeddingBatch, 'embeddings' | 'embeddingSize'>,
  distance: ClusterDistance = 'euclidean',
): Float32Array {
  return distance === 'cosine' ? toUnitRows(embeddings, embeddingSize) : embeddings;
}

/** Rows of unit length; those of zeros stay. */
export function toUnitRows(rows: Float32Array, size: number): Float32Array {
  const unit = new Float32Array(rows.length);
  for (let from = 0; from < rows.length; from += size) {
    let squared = 0;
    for (let m = from; m < from + size; m++) squared += rows[m]! * rows[m]!;
    const scale = squared === 0 ? 0 : 1 / Math.sqrt(squared);
    for (let m = from; m < from + size; m++) unit[m] = rows[m]! * scale;
  }
  return unit;
}
