import * as z from 'zod';
import {
  AUTOENCODER_BOUNDS,
  AUTOENCODER_CHOICES,
  type AutoencoderSettings,
  type NumberBounds,
  type SizeBounds,
} from '../../../encode/autoencoder/autoencoder-options.js';
import { CNN_DEFAULTS, CNN_NUMBERS, CNN_SIZES } from '../../../encode/cnn/cnn-options.js';
import { DAE_DEFAULTS, DAE_SIZES } from '../../../encode/dae/dae-options.js';
import { TRANSFORMER_DEFAULTS, TRANSFORMER_NUMBERS } from '../../../encode/transformer/transformer-options.js';
import { real, whole } from '../kinds.js';

/** `encoder.dae` */
export const daeSection = z.strictObject({
  layers: sizes('units', DAE_SIZES.layers, DAE_DEFAULTS.layers).describe(
    'Units of the layers from the window to the latents; from there on they come the other way round.',
  ),
  ...keysOfAll(DAE_DEFAULTS),
});

/** `encoder.cnn` */
export const cnnSection = z.strictObject({
  filters: sizes('filters', CNN_SIZES.filters, CNN_DEFAULTS.filters).describe(
    'Filters of the convolutions from the window to the latents; from there on they come the other way round.',
  ),
  kernel: number('steps', CNN_NUMBERS.kernel, CNN_DEFAULTS.kernel).describe('Steps that a filter looks at.'),
  stride: number('steps', CNN_NUMBERS.stride, CNN_DEFAULTS.stride).describe(
    'Each convolution has so many times fewer steps than the one before; at most `kernel`.',
  ),
  ...keysOfAll(CNN_DEFAULTS),
});

/** `encoder.transformer` */
export const transformerSection = z.strictObject({
  patch: range('steps', TRANSFORMER_NUMBERS.patch)
    .exactOptional()
    .describe('Steps of a token; time grows with the square of the tokens. Default: the fewest that make 24 at most.'),
  width: number('numbers', TRANSFORMER_NUMBERS.width, TRANSFORMER_DEFAULTS.width).describe(
    'Numbers of a token; a multiple of `heads`.',
  ),
  heads: number('heads', TRANSFORMER_NUMBERS.heads, TRANSFORMER_DEFAULTS.heads).describe('Heads of attention.'),
  depth: number('blocks', TRANSFORMER_NUMBERS.depth, TRANSFORMER_DEFAULTS.depth).describe('Blocks of the encoder.'),
  decoderDepth: number('blocks', TRANSFORMER_NUMBERS.decoderDepth, TRANSFORMER_DEFAULTS.decoderDepth).describe(
    'Blocks of the decoder.',
  ),
  ...keysOfAll(TRANSFORMER_DEFAULTS),
});

/** Keys that every autoencoder has. */
function keysOfAll(defaults: AutoencoderSettings) {
  const of = (name: keyof typeof AUTOENCODER_BOUNDS, unit: string) =>
    number(unit, AUTOENCODER_BOUNDS[name], defaults[name]);
  return {
    latent: of('latent', 'dimensions').describe('Numbers that a window is squeezed into.'),
    noise: of('noise', 'prepared units').describe(
      'Deviation of the noise on what the encoder is given while it trains.',
    ),
    dropout: of('dropout', 'share').describe('Part of the units of each layer that is dropped while it trains.'),
    output: z
      .enum(AUTOENCODER_CHOICES.output)
      .exactOptional()
      .describe(
        '`relu` gives back no negative values. Default: `relu` with `series.scale` max or minmax, else `linear`.',
      ),
    loss: z
      .enum(AUTOENCODER_CHOICES.loss)
      .default(defaults.loss)
      .describe('Reconstruction loss of observed cells; `smooth-l1` is quadratic up to errors of 1.'),
    embedding: z
      .enum(AUTOENCODER_CHOICES.embedding)
      .default(defaults.embedding)
      .describe('What is clustered: the latents, or the window as it is given back, a number a cell.'),
    batch: of('batch', 'windows').describe('Windows in one update.'),
    updates: of('updates', 'updates').describe(
      'Most updates of a training that begins anew; one that goes on from the model before does `model.retrain.warmUpdates`.',
    ),
    learningRate: of('learningRate', 'per update').describe('Learning rate at its highest; it falls to a tenth.'),
    heldOut: of('heldOut', 'share').describe('Part of the training windows that the best weights are chosen by.'),
    patience: of('patience', 'evaluations').describe(
      'Evaluations (of 20) without a gain after which a training stops early.',
    ),
  };
}

function sizes(unit: string, { layers, size }: SizeBounds, initial: readonly number[]) {
  return z
    .array(whole(unit, { min: 1, max: size }))
    .min(1)
    .max(layers)
    .default([...initial]);
}

function number(unit: string, bounds: NumberBounds, initial: number) {
  return range(unit, bounds).default(initial);
}

function range(unit: string, { whole: isWhole, ...limits }: NumberBounds) {
  return isWhole ? whole(unit, limits) : real(unit, limits);
}
