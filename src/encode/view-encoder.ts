import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../numeric/abortable.js';
import type { EmbeddingBatch } from './embedding-batch.js';
import type { ViewMap } from './encoder-model.js';
import { createPlaceReader } from './neighbours/landmark-map.js';
import { toColumnWeights } from './views/column-weights.js';
import { createViewTransform } from './views/view-transform.js';
import type { RecurrentEngine } from './vrae/recurrent-engine.js';
import type { VraeEncoder } from './vrae/vrae-encoder.js';

/** Windows that are computed at once; in between, the event loop gets its turn. */
const CHUNK_ROWS = 256;

/**
 * Makes an encoder whose embedding is a window's place in a map of its views. Latents and reconstructions are the VRAE's.
 *
 * @param engine which the encoder then owns
 */
export function createViewEncoder(
  vrae: VraeEncoder,
  { views, weights, map }: ViewMap,
  engine: RecurrentEngine,
): VraeEncoder {
  const { steps, channels } = vrae;
  const cells = steps * channels;
  const transform = createViewTransform(views, engine);
  const reader = createPlaceReader(map, engine, CHUNK_ROWS);
  const described = new Float32Array(CHUNK_ROWS * transform.size);
  const columnWeights = toColumnWeights(views, weights);

  const place = (
    values: Float32Array,
    mask: Uint8Array,
    rows: number,
    latents: Float32Array,
    out: Float32Array,
    distances: Float32Array,
  ): void => {
    transform.transform(values, mask, rows, latents, described);
    const inputs = reader.inputs.values;
    for (let at = 0, column = 0; at < rows * transform.size; at++) {
      inputs[at] = described[at]! * columnWeights[column]!;
      if (++column === transform.size) column = 0;
    }
    reader.place(rows, out, distances);
  };

  return {
    ...vrae,
    embeddingSize: map.size,
    encode: async (batch, signal): Promise<EmbeddingBatch> => {
      const encoded = await vrae.encode(batch, signal);
      const { values: latents, latentSize } = encoded.latents!;
      const embeddings = new Float32Array(batch.length * map.size);
      const landmarkDistances = new Float32Array(batch.length);
      for (let from = 0; from < batch.length; from += CHUNK_ROWS) {
        if (from > 0) await setImmediate();
        throwIfAborted(signal, 'The encoding');
        const to = Math.min(batch.length, from + CHUNK_ROWS);
        place(
          batch.values.subarray(from * cells, to * cells),
          batch.mask.subarray(from * cells, to * cells),
          to - from,
          latents.subarray(from * latentSize, to * latentSize),
          embeddings.subarray(from * map.size, to * map.size),
          landmarkDistances.subarray(from, to),
        );
      }
      return { ...encoded, embeddingSize: map.size, embeddings, landmarkDistances };
    },
    dispose: () => {
      vrae.dispose();
      engine.dispose();
    },
  };
}
