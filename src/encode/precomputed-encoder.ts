import type { Encoder } from './encoder.js';
import { encoderShapeOf, type PrecomputedModel } from './encoder-model.js';
import { refuseOtherShape } from './refuse-other-shape.js';

/** Makes an encoder that hands on what windows hold: one step, each channel an element of an embedding. */
export function createPrecomputedEncoder(model: PrecomputedModel, version: string): Encoder {
  const { steps, channels, embeddingSize } = encoderShapeOf(model);
  return {
    version,
    steps,
    channels,
    embeddingSize,
    encode: async (series) => {
      refuseOtherShape({ steps, channels }, series);
      const { length } = series;
      const embeddings = series.values.slice(0, length * embeddingSize);
      return { series, length, embeddingSize, embeddings, latents: undefined, reconstructionErrors: undefined };
    },
  };
}
