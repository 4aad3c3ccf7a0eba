import { type Architecture, type AutoencoderShape, isSize } from '../autoencoder/architecture.js';
import { createLayerStack, denseLayer } from '../autoencoder/layer-stack.js';
import { boundOfGlorot, boundOfHe, createLayoutBuilder, type Layout } from '../autoencoder/layout.js';
import type { LinearPlace } from '../vrae/vrae-layout.js';
import type { CnnSettings } from './cnn-options.js';
import { convolutionLayer, transposedConvolutionLayer } from './convolution.js';
import { type Taps, toTaps } from './taps.js';

export interface CnnShape extends AutoencoderShape {
  /** Channels of the encoder's convolutions; the decoder has the same the other way round. */
  readonly filters: readonly number[];
  readonly kernel: number;
  readonly stride: number;
}

/**
 * The convolutional autoencoder of Guo et al. (2017), along time: strided convolutions with rectified sums, a dense layer
 * to the latents, one back, and transposed convolutions.
 */
export const CNN_ARCHITECTURE: Architecture<CnnShape, CnnSettings> = {
  title: 'convolutional autoencoder',
  toShape: ({ filters, kernel, stride }, shape) => ({ ...shape, filters, kernel, stride }),
  readShape: (json, shape, refuse) => {
    const { filters, kernel, stride } = json as Partial<CnnShape>;
    if (!Array.isArray(filters) || filters.length === 0 || !filters.every(isSize)) {
      throw refuse(`convolutions of ${JSON.stringify(filters)} filters`);
    }
    if (!isSize(kernel) || !isSize(stride)) throw refuse(`kernels of ${kernel} steps, ${stride} apart`);
    return { ...shape, filters, kernel, stride };
  },
  layout: (shape) => place(shape).layout,
  createCoders: (engine, shape, options) => {
    const { inward, toLatents, fromLatents, outward } = place(shape);
    const convolutions = inward.map(({ at, taps }) => convolutionLayer(at, taps));
    const transposed = outward.map(({ at, taps }) => transposedConvolutionLayer(at, taps));
    return {
      encoder: createLayerStack(engine, {
        ...options,
        layers: [...convolutions, denseLayer(toLatents)],
        wantsInputGradients: false,
        site: 0,
      }),
      decoder: createLayerStack(engine, {
        ...options,
        layers: [denseLayer(fromLatents), ...transposed],
        wantsInputGradients: true,
        site: convolutions.length + 1,
      }),
    };
  },
};

/** The convolutions of a shape from the window on, each with the taps that it and its way back have. */
export function tapsOf({ steps, channels, filters, kernel, stride }: CnnShape): readonly Taps[] {
  let at = { steps, channels };
  return filters.map((filter) => {
    const taps = toTaps(at.steps, at.channels, kernel, stride);
    at = { steps: taps.places, channels: filter };
    return taps;
  });
}

interface PlacedTaps {
  readonly at: LinearPlace;
  readonly taps: Taps;
}

interface CnnPlaces {
  readonly layout: Layout;
  readonly inward: readonly PlacedTaps[];
  readonly toLatents: LinearPlace;
  readonly fromLatents: LinearPlace;
  readonly outward: readonly PlacedTaps[];
}

function place(shape: CnnShape): CnnPlaces {
  const { addLinear, build } = createLayoutBuilder();
  const { filters, kernel, latent, channels: seen } = shape;
  const all = tapsOf(shape);
  const inward = all.map((taps, i) => {
    const [inputs, outputs] = [kernel * taps.channels, filters[i]!];
    const sizes = { inputs, outputs, bound: boundOfHe(inputs), shape: [outputs, kernel, taps.channels] };
    return { at: addLinear(`encoder.${i}`, sizes), taps };
  });
  const reached = all.at(-1)!.places * filters.at(-1)!;
  const toLatents = addLinear('latents', { inputs: reached, outputs: latent, bound: boundOfGlorot(reached, latent) });
  const fromLatents = addLinear('decoder.0', { inputs: latent, outputs: reached, bound: boundOfHe(latent) });
  const outward = all.toReversed().map((taps, i) => {
    const inputs = filters[filters.length - 1 - i]!;
    const outputs = kernel * taps.channels;
    // So many of the taps meet in a cell.
    const met = (inputs * kernel) / shape.stride;
    const isLast = i === filters.length - 1;
    const bound = isLast ? boundOfGlorot(met, outputs) : boundOfHe(met);
    const sizes = { inputs, outputs, bound, shape: [kernel, taps.channels, inputs], biases: taps.channels };
    return { at: addLinear(`decoder.${i + 1}`, sizes), taps };
  });
  const { start, length } = outward.at(-1)!.at;
  return {
    layout: build({ start: start + length - seen, length: seen }),
    inward,
    toLatents,
    fromLatents,
    outward,
  };
}
