import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../../numeric/abortable.js';
import type { Encoder } from '../encoder.js';
import type { AutoencoderModel } from '../encoder-model.js';
import { reconstructLatents } from '../reconstruct-latents.js';
import { refuseOtherShape } from '../refuse-other-shape.js';
import { restoreUsage } from '../views/restore-usage.js';
import { INFERENCE_ROWS } from '../vrae/inference-rows.js';
import type { RecurrentEngine } from '../vrae/recurrent-engine.js';
import { squaredErrors } from '../vrae/vrae-loss.js';
import { createAutoencoderNetwork } from './autoencoder-network.js';

/** Windows that are computed at once; in between, the event loop gets its turn. */
const CHUNK_ROWS = 256;

/**
 * Makes an encoder of a trained autoencoder, whose embedding is the latents or the reconstruction. Unknown
 * cells are read as lying on the line between their known neighbours.
 *
 * Each row of a result depends on its own series alone, bit for bit.
 *
 * @param engine which the encoder then owns
 */
export function createAutoencoderEncoder(
  { weights, embedding }: AutoencoderModel,
  version: string,
  engine: RecurrentEngine,
): Encoder & Required<Pick<Encoder, 'reconstruct' | 'dispose'>> {
  const { shape } = weights;
  const { steps, channels, latent } = shape;
  const cells = steps * channels;
  const network = createAutoencoderNetwork(engine, weights, { rows: INFERENCE_ROWS });
  network.load(weights.values);
  const embeddingSize = embedding === 'latents' ? latent : cells;
  const filled = new Float32Array(CHUNK_ROWS * cells);
  const decoded = new Float32Array(CHUNK_ROWS * cells);

  return {
    version,
    steps,
    channels,
    embeddingSize,
    encode: async (series, signal) => {
      refuseOtherShape(shape, series);
      const { length } = series;
      const latents = new Float32Array(length * latent);
      const reconstructions = embedding === 'latents' ? undefined : new Float32Array(length * cells);
      const reconstructionErrors = new Float32Array(length);
      for (let from = 0; from < length; from += CHUNK_ROWS) {
        if (from > 0) await setImmediate();
        throwIfAborted(signal, 'The encoding');
        const rows = Math.min(CHUNK_ROWS, length - from);
        const values = series.values.subarray(from * cells, (from + rows) * cells);
        const mask = series.mask.subarray(from * cells, (from + rows) * cells);
        const found = latents.subarray(from * latent, (from + rows) * latent);
        restoreUsage(undefined, shape, values, mask, rows, filled);
        network.encode(filled, rows, found);
        network.decode(found, rows, decoded);
        squaredErrors(values, decoded, mask, rows, cells, reconstructionErrors.subarray(from, from + rows));
        reconstructions?.set(decoded.subarray(0, rows * cells), from * cells);
      }
      return {
        series,
        length,
        embeddingSize,
        embeddings: reconstructions ?? latents,
        latents: { length, latentSize: latent, values: latents },
        reconstructionErrors,
      };
    },
    reconstruct: (latents) => reconstructLatents(latents, { latent, cells, decode: network.decode }),
    dispose: () => network.dispose(),
  };
}
