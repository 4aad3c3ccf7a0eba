import { SegtideError } from '../../errors.js';
import { PRESETS, type VraePreset } from './vrae-presets.js';

/** What a user may set of the VRAE. Every field has a default. */
export interface VraeOptions {
  /**
   * Where defaults come from: `default`, or `published`, the settings of the VRAE as usually published (docs/vrae.md).
   * Defaults below are those of `default`.
   *
   * @default 'default'
   */
  readonly preset?: VraePreset;

  /** Recurrent cell: three gates' products instead of four make `gru` the cheaper one; on `tfjs` it is the slower. @default 'lstm' */
  readonly cell?: 'lstm' | 'gru';
  /** Recurrent layers in the encoder and as many in the decoder, 1 to 3. Time grows with it. @default 1 */
  readonly depth?: number;
  /** Whether the encoder reads series backwards as well, so that it forgets neither end; doubles its time. @default true */
  readonly bidirectional?: boolean;
  /** Units of each recurrent layer, 1 to 1,024. Time grows with its square. @default 32 */
  readonly hidden?: number;
  /** Size of the embedding, 1 to 256. @default 8 */
  readonly latent?: number;
  /**
   * What the decoder reads: nothing, so that all it knows comes from the latents, or the step before (in training the
   * true one, afterwards its own), which lowers errors but leaves less to the latents.
   *
   * @default 'zero-input'
   */
  readonly decoder?: 'zero-input' | 'autoregressive';
  /** What becomes of the decoder's sums: `softplus` for values that are never negative. @default 'linear' */
  readonly output?: 'linear' | 'softplus';
  /** What makes the decoder's initial hidden states of the latents' sums. @default 'tanh' */
  readonly initialState?: 'tanh' | 'linear';

  /**
   * How weights start: by Glorot and Bengio with open forget gates, or uniform as PyTorch's layers do.
   *
   * @default 'glorot'
   */
  readonly initialization?: 'glorot' | 'uniform';

  /** Reconstruction loss of cells that carry information; `smooth-l1` is quadratic up to errors of 1. @default 'mse' */
  readonly loss?: 'mse' | 'smooth-l1' | 'mae';
  /** Weight of the divergence, from 0; 1 is the evidence lower bound with a likelihood of variance 1/2. @default 0.1 */
  readonly beta?: number;
  /** Share of a first training's updates over which beta grows from 0, 0 to 1. @default 0.3 */
  readonly betaWarmUp?: number;
  /** Divergence, in nats, that each latent of a series has for free (Kingma et al., 2016), from 0. @default 0 */
  readonly freeBits?: number;
  /** Share of states dropped between recurrent layers and after the encoder, in training only, 0 to 0.9. @default 0 */
  readonly dropout?: number;

  /** Series in an update, 1 to 65,536. @default 32 */
  readonly batch?: number;
  /** Updates of a training at most, from 1. Updates are counted, not epochs, so that small sets are trained as well. @default 2000 */
  readonly updates?: number;
  /** What moves the weights; `adamw` decays them apart from the gradient, `sgd` has momentum. @default 'adam' */
  readonly optimizer?: 'adam' | 'adamw' | 'sgd';
  /** Learning rate at its highest, above 0 to 1. @default 0.01 */
  readonly learningRate?: number;
  /** Course of the learning rate: `cosine` falls to a tenth along half a cosine. @default 'cosine' */
  readonly schedule?: 'constant' | 'cosine';
  /** Share of the updates over which the learning rate first grows from 0, 0 to 1. @default 0 */
  readonly rateWarmUp?: number;
  /** Share of the last step that `sgd` keeps, 0 to below 1. @default 0.9 */
  readonly momentum?: number;
  /** Pull of all weights towards zero, from 0: added to the gradient, or with `adamw` to the step. @default 0 */
  readonly weightDecay?: number;
  /** Largest Euclidean norm of a gradient, above 0. @default 5 */
  readonly gradientClip?: number;
  /** Share of the series held out to choose the best weights by, 0 to 0.5. @default 0.1 */
  readonly heldOut?: number;
  /**
   * Training stops after this many of its 20 evaluations in a row without a better held-out loss, from 1. They count once
   * beta has grown, and with a falling learning rate from half of the updates on. @default 5
   */
  readonly patience?: number;

  /**
   * What computes: `auto` takes the first that loads of `native`, `wasm` and `js`. `tfjs` needs
   * `@tensorflow/tfjs-node` installed. `js` computes in double precision, the others in single.
   *
   * @default 'auto'
   */
  readonly engine?: VraeEngine;
  /** Threads of one training on `native`, 1 to 64. Results do not depend on it. @default 1 */
  readonly threads?: number;
  /** Seed of weights, order and noise: any 32-bit integer. @default 1 */
  readonly seed?: number;
}

export type VraeEngine = 'auto' | 'native' | 'wasm' | 'tfjs' | 'js';

/** `VraeOptions` with every default filled in and every value in range. */
export type VraeSettings = Required<VraeOptions>;

/** Values of the options that are one of a few. */
export const VRAE_CHOICES = {
  preset: ['default', 'published'],
  cell: ['lstm', 'gru'],
  bidirectional: [false, true],
  decoder: ['zero-input', 'autoregressive'],
  output: ['linear', 'softplus'],
  initialState: ['tanh', 'linear'],
  initialization: ['glorot', 'uniform'],
  loss: ['mse', 'smooth-l1', 'mae'],
  optimizer: ['adam', 'adamw', 'sgd'],
  schedule: ['constant', 'cosine'],
  engine: ['auto', 'native', 'wasm', 'tfjs', 'js'],
} as const satisfies { readonly [Name in keyof VraeOptions]?: readonly VraeSettings[Name][] };

/**
 * Fills defaults in and checks ranges.
 *
 * @throws SegtideError `config` for a value out of range.
 */
export function resolveVrae(options: VraeOptions = {}): VraeSettings {
  requireOneOf('preset', options.preset ?? 'default', VRAE_CHOICES.preset);
  const settings: VraeSettings = { ...PRESETS[options.preset ?? 'default'] };
  for (const [name, value] of Object.entries(options)) {
    if (!(name in settings)) throw new SegtideError('config', `vrae has no option ${name}; remove it`);
    if (value !== undefined) Object.assign(settings, { [name]: value });
  }
  requireInteger('depth', settings.depth, 1, 3);
  requireInteger('hidden', settings.hidden, 1, 1024);
  requireInteger('latent', settings.latent, 1, 256);
  requireInteger('batch', settings.batch, 1, 65_536);
  requireInteger('updates', settings.updates, 1, 10_000_000);
  requireInteger('patience', settings.patience, 1, 1000);
  requireInteger('threads', settings.threads, 1, 64);
  requireInteger('seed', settings.seed, -(2 ** 31), 2 ** 32 - 1);
  requireNumber('learningRate', settings.learningRate, Number.MIN_VALUE, 1);
  requireNumber('rateWarmUp', settings.rateWarmUp, 0, 1);
  requireNumber('momentum', settings.momentum, 0, 0.9999);
  requireNumber('weightDecay', settings.weightDecay, 0, 1);
  requireNumber('gradientClip', settings.gradientClip, Number.MIN_VALUE, Number.MAX_VALUE);
  requireNumber('beta', settings.beta, 0, 1e6);
  requireNumber('betaWarmUp', settings.betaWarmUp, 0, 1);
  requireNumber('freeBits', settings.freeBits, 0, 100);
  requireNumber('dropout', settings.dropout, 0, 0.9);
  requireNumber('heldOut', settings.heldOut, 0, 0.5);
  for (const [name, known] of Object.entries(VRAE_CHOICES)) {
    requireOneOf(name as keyof VraeOptions, settings[name as keyof VraeOptions], known);
  }
  return settings;
}

function requireInteger(name: keyof VraeOptions, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new SegtideError('config', `vrae.${name} must be a whole number from ${least} to ${most}, got ${value}`);
  }
}

function requireNumber(name: keyof VraeOptions, value: number, least: number, most: number): void {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    const range = least === Number.MIN_VALUE ? 'above 0' : `from ${least}`;
    const end = most >= 1e6 ? '' : ` to ${most}`;
    throw new SegtideError('config', `vrae.${name} must be a number ${range}${end}, got ${value}`);
  }
}

function requireOneOf(name: keyof VraeOptions, value: unknown, known: readonly unknown[]): void {
  if (!known.includes(value)) {
    throw new SegtideError('config', `vrae.${name} must be ${known.join(' or ')}, got ${String(value)}`);
  }
}
