import {
  AUTOENCODER_DEFAULTS,
  type AutoencoderOptions,
  type AutoencoderSettings,
  type OwnBounds,
  resolveAutoencoder,
} from '../autoencoder/autoencoder-options.js';

/** What a user may set of the denoising autoencoder (docs/encoders.md). */
export interface DaeOptions extends AutoencoderOptions {
  /**
   * Units of the encoder's layers, from the window on, 1 to 6 layers of 1 to 4,096; the decoder has the same the other
   * way round. Time and the model's size grow with them, and with the cells of a window.
   * @default [512, 256, 128]
   */
  readonly layers?: readonly number[];
}

export interface DaeSettings extends AutoencoderSettings, Pick<Required<DaeOptions>, 'layers'> {}

export const DAE_DEFAULTS: DaeSettings = {
  ...AUTOENCODER_DEFAULTS,
  layers: [512, 256, 128],
  latent: 64,
  dropout: 0.1,
  loss: 'mae',
  batch: 64,
  updates: 2000,
};

export const DAE_SIZES = { layers: { layers: 6, size: 4_096 } } as const satisfies OwnBounds['sizes'];

/** @throws SegtideError `config` for a value out of range. */
export function resolveDae(options: DaeOptions = {}): DaeSettings {
  return resolveAutoencoder('dae', DAE_DEFAULTS, { sizes: DAE_SIZES }, options);
}
