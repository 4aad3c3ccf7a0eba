import { SegtideError } from '../../errors.js';
import {
  AUTOENCODER_DEFAULTS,
  type AutoencoderOptions,
  type AutoencoderSettings,
  type OwnBounds,
  resolveAutoencoder,
} from '../autoencoder/autoencoder-options.js';

/** What a user may set of the convolutional autoencoder (docs/encoders.md). */
export interface CnnOptions extends AutoencoderOptions {
  /**
   * Channels of the encoder's convolutions, from the window on, 1 to 6 layers of 1 to 1,024; the decoder has the same the
   * other way round.
   * @default [32, 64, 128]
   */
  readonly filters?: readonly number[];
  /** Steps that a convolution looks at, 1 to 99. @default 5 */
  readonly kernel?: number;
  /** Steps between the places that a convolution looks at, 1 to 8: each layer has so many times fewer steps. @default 2 */
  readonly stride?: number;
}

export interface CnnSettings extends AutoencoderSettings, Required<Pick<CnnOptions, 'filters' | 'kernel' | 'stride'>> {}

export const CNN_DEFAULTS: CnnSettings = {
  ...AUTOENCODER_DEFAULTS,
  filters: [32, 64, 128],
  kernel: 5,
  stride: 2,
  latent: 32,
  dropout: 0,
  loss: 'mse',
  batch: 64,
  updates: 1000,
};

export const CNN_SIZES = { filters: { layers: 6, size: 1_024 } } as const satisfies OwnBounds['sizes'];

export const CNN_NUMBERS = {
  kernel: { min: 1, max: 99, whole: true },
  stride: { min: 1, max: 8, whole: true },
} as const satisfies OwnBounds['numbers'];

/** @throws SegtideError `config` for a value out of range. */
export function resolveCnn(options: CnnOptions = {}): CnnSettings {
  const settings = resolveAutoencoder('cnn', CNN_DEFAULTS, { sizes: CNN_SIZES, numbers: CNN_NUMBERS }, options);
  const { kernel, stride } = settings;
  if (kernel >= stride) return settings;
  throw new SegtideError(
    'config',
    `encoder: \`cnn.kernel\` must be no less than \`cnn.stride\`, else steps between would never be looked at; got ${kernel} and ${stride}`,
  );
}
