import { type Architecture, isSize } from '../autoencoder/architecture.js';
import { createTransformerDecoder, createTransformerEncoder } from './transformer-coders.js';
import type { TransformerSettings } from './transformer-options.js';
import { type TransformerShape, toTransformerPlaces } from './transformer-places.js';

/** Tokens at most of a window whose patch is not set. */
const MOST_TOKENS = 24;

/**
 * A transformer autoencoder (Vaswani et al., 2017): patches of a window are its tokens (Nie et al., 2023), which are told
 * their time by Time2Vec (Kazemi et al., 2019); blocks normalise first (Xiong et al., 2020).
 */
export const TRANSFORMER_ARCHITECTURE: Architecture<TransformerShape, TransformerSettings> = {
  title: 'transformer autoencoder',
  toShape: ({ patch, width, heads, depth, decoderDepth }, shape) => ({
    ...shape,
    // A patch of more steps than there are would be padding.
    patch: Math.min(shape.steps, patch ?? Math.ceil(shape.steps / MOST_TOKENS)),
    width,
    heads,
    depth,
    decoderDepth,
  }),
  readShape: (json, shape, refuse) => {
    const { patch, width, heads, depth, decoderDepth } = json as Partial<TransformerShape>;
    if (!isSize(patch) || !isSize(depth) || !isSize(decoderDepth)) {
      throw refuse(`patches of ${patch} steps, ${depth} and ${decoderDepth} blocks`);
    }
    if (!isSize(width) || !isSize(heads) || width % heads !== 0) {
      throw refuse(`tokens of ${width} numbers and ${heads} heads`);
    }
    return { ...shape, patch, width, heads, depth, decoderDepth };
  },
  layout: (shape) => toTransformerPlaces(shape).layout,
  createCoders: (engine, shape, options) => {
    const places = toTransformerPlaces(shape);
    return {
      encoder: createTransformerEncoder(engine, shape, places, options),
      decoder: createTransformerDecoder(engine, shape, places, options),
    };
  },
};
