import { SegtideError } from '../../errors.js';
import {
  AUTOENCODER_DEFAULTS,
  type AutoencoderOptions,
  type AutoencoderSettings,
  type OwnBounds,
  resolveAutoencoder,
} from '../autoencoder/autoencoder-options.js';

/** What a user may set of the transformer autoencoder (docs/encoders.md). */
export interface TransformerOptions extends AutoencoderOptions {
  /** Steps of a token, 1 to 1,000. Time grows with the square of the number of tokens. @default the fewest that make 24 tokens at most */
  readonly patch?: number | undefined;
  /** Numbers that a token has, 4 to 512; a multiple of `heads`. @default 64 */
  readonly width?: number;
  /** Heads of attention, 1 to 16. @default 4 */
  readonly heads?: number;
  /** Blocks of the encoder, 1 to 6. @default 2 */
  readonly depth?: number;
  /** Blocks of the decoder, 1 to 6. @default 1 */
  readonly decoderDepth?: number;
}

export interface TransformerSettings
  extends AutoencoderSettings,
    Required<Pick<TransformerOptions, 'width' | 'heads' | 'depth' | 'decoderDepth'>> {
  readonly patch: number | undefined;
}

export const TRANSFORMER_DEFAULTS: TransformerSettings = {
  ...AUTOENCODER_DEFAULTS,
  patch: undefined,
  width: 64,
  heads: 4,
  depth: 2,
  decoderDepth: 1,
  latent: 32,
  dropout: 0,
  loss: 'mse',
  batch: 32,
  updates: 1000,
};

export const TRANSFORMER_NUMBERS = {
  patch: { min: 1, max: 1_000, whole: true },
  width: { min: 4, max: 512, whole: true },
  heads: { min: 1, max: 16, whole: true },
  depth: { min: 1, max: 6, whole: true },
  decoderDepth: { min: 1, max: 6, whole: true },
} as const satisfies OwnBounds['numbers'];

/** @throws SegtideError `config` for a value out of range. */
export function resolveTransformer(options: TransformerOptions = {}): TransformerSettings {
  const settings = resolveAutoencoder('transformer', TRANSFORMER_DEFAULTS, { numbers: TRANSFORMER_NUMBERS }, options);
  const { width, heads } = settings;
  if (width % heads === 0) return settings;
  throw new SegtideError(
    'config',
    `encoder: \`transformer.width\` must be a multiple of \`transformer.heads\`, which share it; got ${width} and ${heads}`,
  );
}
