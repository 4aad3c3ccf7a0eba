import type { SeriesBatch } from '../series/series-batch.js';

/** One vector per series. Row i belongs to row i of `series`. */
export interface EmbeddingBatch {
  readonly series: SeriesBatch;
  readonly length: number;
  readonly embeddingSize: number;
  readonly embeddings: Float32Array; // (batch, embeddingSize)
  /** Posterior means, where the encoder has latents. */
  readonly latents: Latents | undefined;
  /** Mean squared error per observed cell, in scaled units, where the encoder can reconstruct. */
  readonly reconstructionErrors: Float32Array | undefined; // (batch)
  /** Distance to the fifth nearest landmark in the views' feature space, where the encoder has them; it grows without bound. */
  readonly landmarkDistances?: Float32Array | undefined; // (batch)
}

export interface Latents {
  readonly length: number;
  readonly latentSize: number;
  readonly values: Float32Array; // (batch, latentSize)
}
