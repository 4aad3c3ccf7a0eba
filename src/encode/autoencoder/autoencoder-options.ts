import { SegtideError } from '../../errors.js';

/** What a user may set of any autoencoder that is trained by mini-batches (docs/encoders.md); defaults are its kind's. */
export interface AutoencoderOptions {
  /** Numbers that a window is squeezed into, 1 to 256. */
  readonly latent?: number;
  /** Deviation of the normal noise on what the encoder is given while it trains, in prepared units, 0 to 10. */
  readonly noise?: number;
  /** Share of the units of each layer that is dropped while it trains, 0 to 0.9. */
  readonly dropout?: number;
  /**
   * What becomes of the decoder's sums: `relu` for values that are never negative.
   * @default 'relu' with `series.scale` max or minmax, else 'linear'
   */
  readonly output?: AutoencoderOutput | undefined;
  /** Reconstruction loss of cells that carry information. */
  readonly loss?: 'mae' | 'mse' | 'smooth-l1';
  /** What is clustered: the latents, or the window as it is given back, a number a cell. @default 'latents' */
  readonly embedding?: AutoencoderEmbedding;
  /** Windows in an update, 1 to 65,536. */
  readonly batch?: number;
  /** Updates of a training at most, 1 to 10,000,000. */
  readonly updates?: number;
  /** Learning rate of Adam at its highest, above 0 to 1; it falls to a tenth along half a cosine. */
  readonly learningRate?: number;
  /** Share of the windows held out to choose the best weights by, 0 to 0.5. @default 0.1 */
  readonly heldOut?: number;
  /** Evaluations, of 20, in a row without a better held-out loss that end a training after half of its updates. @default 5 */
  readonly patience?: number;
}

export type AutoencoderOutput = 'relu' | 'linear';

export type AutoencoderEmbedding = 'latents' | 'reconstruction';

/** With every default filled in but for `output`, which depends on how series are scaled. */
export type AutoencoderSettings = Required<Omit<AutoencoderOptions, 'output'>> & {
  readonly output: AutoencoderOutput | undefined;
};

/** What is the same whatever lies between windows and latents. */
export const AUTOENCODER_DEFAULTS = {
  noise: 0.1,
  output: undefined,
  embedding: 'latents',
  learningRate: 0.001,
  heldOut: 0.1,
  patience: 5,
} as const satisfies AutoencoderOptions;

/** Values of the options that are one of a few. */
export const AUTOENCODER_CHOICES = {
  output: ['relu', 'linear'],
  loss: ['mae', 'mse', 'smooth-l1'],
  embedding: ['latents', 'reconstruction'],
} as const satisfies { readonly [Name in keyof AutoencoderOptions]?: readonly AutoencoderOptions[Name][] };

/** Bounds of the options that are numbers, both ends included; `whole` ones have no fraction. */
export const AUTOENCODER_BOUNDS = {
  latent: { min: 1, max: 256, whole: true },
  noise: { min: 0, max: 10, whole: false },
  dropout: { min: 0, max: 0.9, whole: false },
  batch: { min: 1, max: 65_536, whole: true },
  updates: { min: 1, max: 10_000_000, whole: true },
  learningRate: { min: Number.MIN_VALUE, max: 1, whole: false },
  heldOut: { min: 0, max: 0.5, whole: false },
  patience: { min: 1, max: 1000, whole: true },
} as const satisfies { readonly [Name in keyof AutoencoderOptions]?: NumberBounds };

export interface NumberBounds {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

/** A list of whole numbers, each of a layer's, from 1. */
export interface SizeBounds {
  /** Layers at most. */
  readonly layers: number;
  /** Each at most. */
  readonly size: number;
}

/** Bounds of what only some autoencoders have. */
export interface OwnBounds {
  readonly numbers?: Readonly<Record<string, NumberBounds>>;
  readonly sizes?: Readonly<Record<string, SizeBounds>>;
}

/**
 * Fills defaults in and checks ranges.
 *
 * @param section of the config that the options are of
 * @throws SegtideError `config` for a value out of range.
 */
export function resolveAutoencoder<S extends AutoencoderSettings>(
  section: string,
  defaults: S,
  { numbers = {}, sizes = {} }: OwnBounds,
  options: object = {},
): S {
  const settings: S = { ...defaults };
  const values: Readonly<Record<string, unknown>> = settings as never;
  for (const [name, value] of Object.entries(options)) {
    if (!(name in settings)) throw refuse(`\`${section}\` has no option ${name}; remove it`);
    if (value !== undefined) Object.assign(settings, { [name]: value });
  }
  for (const [name, bounds] of Object.entries({ ...AUTOENCODER_BOUNDS, ...numbers })) {
    checkNumber(`${section}.${name}`, values[name], bounds);
  }
  for (const [name, known] of Object.entries(AUTOENCODER_CHOICES)) {
    const value = values[name];
    if (value === undefined || (known as readonly unknown[]).includes(value)) continue;
    throw refuse(`\`${section}.${name}\` must be ${known.join(' or ')}; got ${String(value)}`);
  }
  for (const [name, bounds] of Object.entries(sizes)) checkSizes(`${section}.${name}`, values[name], bounds);
  return settings;
}

function checkNumber(name: string, value: unknown, { min, max, whole }: NumberBounds): void {
  if (value === undefined) return;
  if (typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))) return;
  const range = min === Number.MIN_VALUE ? 'above 0' : `from ${min}`;
  throw refuse(`\`${name}\` must be a ${whole ? 'whole ' : ''}number ${range} to ${max}; got ${String(value)}`);
}

function checkSizes(name: string, sizes: unknown, { layers, size: most }: SizeBounds): void {
  const fits = (size: unknown): boolean => Number.isInteger(size) && (size as number) >= 1 && (size as number) <= most;
  if (Array.isArray(sizes) && sizes.length >= 1 && sizes.length <= layers && sizes.every(fits)) return;
  throw refuse(
    `\`${name}\` must be a list of 1 to ${layers} whole numbers from 1 to ${most}; got ${JSON.stringify(sizes)}`,
  );
}

function refuse(text: string): SegtideError {
  return new SegtideError('config', `encoder: ${text}`);
}
