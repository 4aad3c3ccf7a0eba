import { type Architecture, type AutoencoderShape, isSize } from '../autoencoder/architecture.js';
import { createLayerStack, denseLayer } from '../autoencoder/layer-stack.js';
import { boundOfGlorot, boundOfHe, createLayoutBuilder, type Layout } from '../autoencoder/layout.js';
import type { LinearPlace } from '../vrae/vrae-layout.js';
import type { DaeSettings } from './dae-options.js';

export interface DaeShape extends AutoencoderShape {
  /** Units of the encoder's layers; the decoder has the same the other way round. */
  readonly layers: readonly number[];
}

/** The denoising autoencoder of dense layers (Vincent et al., 2008). */
export const DAE_ARCHITECTURE: Architecture<DaeShape, DaeSettings> = {
  title: 'denoising autoencoder',
  toShape: ({ layers }, shape) => ({ ...shape, layers }),
  readShape: (json, shape, refuse) => {
    const { layers } = json as Partial<DaeShape>;
    if (!Array.isArray(layers) || layers.length === 0 || !layers.every(isSize)) {
      throw refuse(`layers of ${JSON.stringify(layers)} units`);
    }
    return { ...shape, layers };
  },
  layout: (shape) => place(shape).layout,
  createCoders: (engine, shape, options) => {
    const { encoder, decoder } = place(shape);
    return {
      encoder: createLayerStack(engine, {
        ...options,
        layers: encoder.map(denseLayer),
        wantsInputGradients: false,
        site: 0,
      }),
      decoder: createLayerStack(engine, {
        ...options,
        layers: decoder.map(denseLayer),
        wantsInputGradients: true,
        site: encoder.length,
      }),
    };
  },
};

interface DaePlaces {
  readonly layout: Layout;
  /** From the window to the latents. */
  readonly encoder: readonly LinearPlace[];
  /** From the latents to the window. */
  readonly decoder: readonly LinearPlace[];
}

function place({ steps, channels, layers, latent }: DaeShape): DaePlaces {
  const builder = createLayoutBuilder();
  const cells = steps * channels;
  const inward = [cells, ...layers, latent];
  const placeAll = (part: string, sizes: readonly number[]): LinearPlace[] =>
    sizes.slice(1).map((outputs, i) => {
      const inputs = sizes[i]!;
      const isRectified = i < layers.length;
      const bound = isRectified ? boundOfHe(inputs) : boundOfGlorot(inputs, outputs);
      return builder.addLinear(`${part}.${i}`, { inputs, outputs, bound });
    });
  const encoder = placeAll('encoder', inward);
  const decoder = placeAll('decoder', inward.toReversed());
  const { start, length } = decoder.at(-1)!;
  return { layout: builder.build({ start: start + length - cells, length: cells }), encoder, decoder };
}
