import { SegtideError } from '../../errors.js';

/** What a user may set of the denoising autoencoder (docs/encoders.md). */
export interface DaeOptions {
  /**
   * Units of the encoder's layers, from the window on, 1 to 6 layers of 1 to 4,096; the decoder has the same the other
   * way round. Time and the model's size grow with them, and with the cells of a window.
   * @default [512, 256, 128]
   */
  readonly layers?: readonly number[];
  /** Numbers that a window is squeezed into, 1 to 256. @default 64 */
  readonly latent?: number;
  /** Deviation of the normal noise on what the encoder is given while it trains, in prepared units, 0 to 10. @default 0.1 */
  readonly noise?: number;
  /** Share of the units of each layer that is dropped while it trains, 0 to 0.9. @default 0.1 */
  readonly dropout?: number;
  /**
   * What becomes of the decoder's sums: `relu` for values that are never negative.
   * @default 'relu' with `series.scale` max or minmax, else 'linear'
   */
  readonly output?: DaeOutput | undefined;
  /** Reconstruction loss of cells that carry information. @default 'mae' */
  readonly loss?: 'mae' | 'mse' | 'smooth-l1';
  /** What is clustered: the latents, or the window as it is given back, a number a cell. @default 'latents' */
  readonly embedding?: DaeEmbedding;
  /** Windows in an update, 1 to 65,536. @default 64 */
  readonly batch?: number;
  /** Updates of a training at most, 1 to 10,000,000. @default 2000 */
  readonly updates?: number;
  /** Learning rate of Adam at its highest, above 0 to 1; it falls to a tenth along half a cosine. @default 0.001 */
  readonly learningRate?: number;
  /** Share of the windows held out to choose the best weights by, 0 to 0.5. @default 0.1 */
  readonly heldOut?: number;
  /** Evaluations, of 20, in a row without a better held-out loss that end a training after half of its updates. @default 5 */
  readonly patience?: number;
}

export type DaeOutput = 'relu' | 'linear';

export type DaeEmbedding = 'latents' | 'reconstruction';

/** `DaeOptions` with every default filled in but for `output`, which depends on how series are scaled. */
export type DaeSettings = Required<Omit<DaeOptions, 'output'>> & { readonly output: DaeOutput | undefined };

/** Values of the options that are one of a few. */
export const DAE_CHOICES = {
  output: ['relu', 'linear'],
  loss: ['mae', 'mse', 'smooth-l1'],
  embedding: ['latents', 'reconstruction'],
} as const satisfies { readonly [Name in keyof DaeOptions]?: readonly DaeOptions[Name][] };

export const DAE_DEFAULTS: DaeSettings = {
  layers: [512, 256, 128],
  latent: 64,
  noise: 0.1,
  dropout: 0.1,
  output: undefined,
  loss: 'mae',
  embedding: 'latents',
  batch: 64,
  updates: 2000,
  learningRate: 0.001,
  heldOut: 0.1,
  patience: 5,
};

/** Bounds of the options that are numbers, both ends included; `whole` ones have no fraction. */
export const DAE_BOUNDS = {
  latent: { min: 1, max: 256, whole: true },
  noise: { min: 0, max: 10, whole: false },
  dropout: { min: 0, max: 0.9, whole: false },
  batch: { min: 1, max: 65_536, whole: true },
  updates: { min: 1, max: 10_000_000, whole: true },
  learningRate: { min: Number.MIN_VALUE, max: 1, whole: false },
  heldOut: { min: 0, max: 0.5, whole: false },
  patience: { min: 1, max: 1000, whole: true },
} as const satisfies { readonly [Name in keyof DaeOptions]?: NumberBounds };

interface NumberBounds {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

export const MOST_LAYERS = 6;
export const MOST_UNITS = 4_096;

/**
 * Fills defaults in and checks ranges.
 *
 * @throws SegtideError `config` for a value out of range.
 */
export function resolveDae(options: DaeOptions = {}): DaeSettings {
  const settings: DaeSettings = { ...DAE_DEFAULTS };
  for (const [name, value] of Object.entries(options)) {
    if (!(name in settings)) throw refuse(`\`dae\` has no option ${name}; remove it`);
    if (value !== undefined) Object.assign(settings, { [name]: value });
  }
  for (const [name, bounds] of Object.entries(DAE_BOUNDS)) {
    checkNumber(name, settings[name as keyof typeof DAE_BOUNDS], bounds);
  }
  for (const [name, known] of Object.entries(DAE_CHOICES)) {
    const value = settings[name as keyof typeof DAE_CHOICES];
    if (value === undefined || (known as readonly unknown[]).includes(value)) continue;
    throw refuse(`\`dae.${name}\` must be ${known.join(' or ')}; got ${String(value)}`);
  }
  checkLayers(settings.layers);
  return settings;
}

function checkNumber(name: string, value: number, { min, max, whole }: NumberBounds): void {
  if (typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))) return;
  const range = min === Number.MIN_VALUE ? 'above 0' : `from ${min}`;
  throw refuse(`\`dae.${name}\` must be a ${whole ? 'whole ' : ''}number ${range} to ${max}; got ${value}`);
}

function checkLayers(layers: readonly number[]): void {
  const fits = (units: unknown): boolean =>
    Number.isInteger(units) && (units as number) >= 1 && (units as number) <= MOST_UNITS;
  if (Array.isArray(layers) && layers.length >= 1 && layers.length <= MOST_LAYERS && layers.every(fits)) return;
  throw refuse(
    `\`dae.layers\` must be a list of 1 to ${MOST_LAYERS} whole numbers from 1 to ${MOST_UNITS}; got ${JSON.stringify(layers)}`,
  );
}

function refuse(text: string): SegtideError {
  return new SegtideError('config', `encoder: ${text}`);
}
