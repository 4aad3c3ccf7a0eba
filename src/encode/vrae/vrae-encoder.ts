import { setImmediate } from 'node:timers/promises';
import { type Abortable, throwIfAborted } from '../../numeric/abortable.js';
import type { SeriesBatch } from '../../series/series-batch.js';
import type { EmbeddingBatch } from '../embedding-batch.js';
import type { Encoder } from '../encoder.js';
import { reconstructLatents } from '../reconstruct-latents.js';
import { refuseOtherShape } from '../refuse-other-shape.js';
import { createJsEngine } from './engines/js/js-engine.js';
import { copyMeans } from './evaluate-vrae.js';
import { INFERENCE_ROWS } from './inference-rows.js';
import { squaredErrors } from './vrae-loss.js';
import { createVraeNetwork, type VraeNetwork } from './vrae-network.js';
import type { VraeWeights } from './vrae-weights.js';

/** Series that are computed at once; in between, the event loop gets its turn. */
const CHUNK_ROWS = 256;

/** An encoder whose embedding is the posterior mean, with reconstruction. */
export type VraeEncoder = Encoder & Required<Pick<Encoder, 'reconstruct' | 'dispose'>>;

/**
 * Makes an encoder of trained weights.
 *
 * Each row of a result depends on its own series alone, bit for bit. Inactive series are encoded like any other.
 * A long batch is computed in chunks of 256 series, between which the event loop runs and a stop is heard.
 *
 * @param version of the model that the weights belong to
 * @param network the engine, which the encoder then owns. Plain typed arrays when undefined.
 */
export function createVraeEncoder(
  weights: VraeWeights,
  version: string,
  network: VraeNetwork = createVraeNetwork(createJsEngine(), weights.shape, { rows: INFERENCE_ROWS }),
): VraeEncoder {
  const { steps, channels, latent } = weights.shape;
  const cells = steps * channels;
  network.load(weights.values);
  // Kept from batch to batch, so that encoding leaves nothing behind but its results.
  const posterior = new Float32Array(CHUNK_ROWS * 2 * latent);
  const reconstructed = new Float32Array(CHUNK_ROWS * cells);

  return {
    version,
    steps,
    channels,
    embeddingSize: latent,
    encode: async (batch: SeriesBatch, signal?: Abortable): Promise<EmbeddingBatch> => {
      refuseOtherShape({ steps, channels }, batch);
      const embeddings = new Float32Array(batch.length * latent);
      const reconstructionErrors = new Float32Array(batch.length);
      for (let from = 0; from < batch.length; from += CHUNK_ROWS) {
        if (from > 0) await setImmediate();
        throwIfAborted(signal, 'The encoding');
        const rows = Math.min(CHUNK_ROWS, batch.length - from);
        const values = batch.values.subarray(from * cells, (from + rows) * cells);
        const mask = batch.mask.subarray(from * cells, (from + rows) * cells);
        network.infer(values, rows, posterior);
        copyMeans(posterior, rows, latent, embeddings, from * latent);
        const means = embeddings.subarray(from * latent, (from + rows) * latent);
        network.decode(means, rows, reconstructed);
        squaredErrors(values, reconstructed, mask, rows, cells, reconstructionErrors.subarray(from, from + rows));
      }
      const latents = { length: batch.length, latentSize: latent, values: embeddings };
      return { series: batch, length: batch.length, embeddingSize: latent, embeddings, latents, reconstructionErrors };
    },
    reconstruct: (latents) => reconstructLatents(latents, { latent, cells, decode: network.decode }),
    dispose: () => network.dispose(),
  };
}
