import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../numeric/abortable.js';
import type { Encoder } from './encoder.js';
import { encoderShapeOf, type ProjectedModel } from './encoder-model.js';
import { refuseOtherShape } from './refuse-other-shape.js';
import { createViewTransform } from './views/view-transform.js';
import type { RecurrentEngine } from './vrae/recurrent-engine.js';

/** Windows that are computed at once; in between, the event loop gets its turn. */
const CHUNK_ROWS = 256;
/** Of distances by warping, which cost by the square of the steps. */
const WARPED_ROWS = 8;

/**
 * Makes an encoder whose embedding is one view of the window. It has neither latents nor reconstructions.
 *
 * @param engine which the encoder then owns
 */
export function createProjectedEncoder(model: ProjectedModel, version: string, engine: RecurrentEngine): Encoder {
  const { steps, channels, embeddingSize } = encoderShapeOf(model);
  const cells = steps * channels;
  const rows = model.kind === 'dtw' ? WARPED_ROWS : CHUNK_ROWS;
  const { size, transform } = createViewTransform(model.views, engine);
  return {
    version,
    steps,
    channels,
    embeddingSize,
    encode: async (series, signal) => {
      refuseOtherShape({ steps, channels }, series);
      const { length, values, mask } = series;
      const embeddings = new Float32Array(length * embeddingSize);
      for (let from = 0; from < length && size > 0; from += rows) {
        if (from > 0) await setImmediate();
        throwIfAborted(signal, 'The encoding');
        const to = Math.min(length, from + rows);
        transform(
          values.subarray(from * cells, to * cells),
          mask.subarray(from * cells, to * cells),
          to - from,
          undefined,
          embeddings.subarray(from * size, to * size),
        );
      }
      return { series, length, embeddingSize, embeddings, latents: undefined, reconstructionErrors: undefined };
    },
    dispose: () => engine.dispose(),
  };
}
