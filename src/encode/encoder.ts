import type { Abortable } from '../numeric/abortable.js';
import type { SeriesBatch } from '../series/series-batch.js';
import type { EmbeddingBatch, Latents } from './embedding-batch.js';

/**
 * Turns series into vectors. Inference takes the posterior mean and never samples: n series in are n embeddings out,
 * for every n, and each row depends on its own series alone.
 */
export interface Encoder {
  readonly version: string;
  readonly steps: number;
  readonly channels: number;
  readonly embeddingSize: number;
  /**
   * Resolves when it can encode, for an encoder that opens while it is handed on.
   *
   * @throws SegtideError `encoder` where it can't be opened; `encode` throws the same
   */
  ready?(): Promise<void>;
  /**
   * @param signal looked at now and then in a long batch, by an encoder that can stop
   * @throws SegtideError `encoder` when the batch has another shape; `aborted` on request
   */
  encode(batch: SeriesBatch, signal?: Abortable): Promise<EmbeddingBatch>;
  /**
   * Decodes latents, (batch, latents), to series in scaled units, (batch, steps, channels). Any point will do, not only
   * one that `encode` gave: move one latent and see what it does (docs/faq.md#what-do-the-latents-mean). Absent where
   * there is no decoder.
   *
   * @throws SegtideError `encoder` when there are more or fewer latents than the decoder takes
   */
  reconstruct?(latents: Latents): Promise<Float32Array>;
  /** Frees what the garbage collector does not (tensors, threads). */
  dispose?(): void;
}
