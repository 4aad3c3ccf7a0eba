import { SegtideError } from '../../errors.js';

/** What a user may set of the VRAE. Every field has a default. */
export interface VraeOptions {
  /** Units of each recurrent layer, 1 to 1,024. Time grows with its square. @default 32 */
  readonly hidden?: number;
  /** Size of the embedding, 1 to 256. @default 8 */
  readonly latent?: number;
  /** Recurrent cell. @default 'lstm' */
  readonly cell?: 'lstm';
  /** Series in an update, 1 to 65,536. @default 32 */
  readonly batch?: number;
  /** Updates of a training at most, from 1. Updates are counted, not epochs, so that small sets are trained as well. @default 1000 */
  readonly updates?: number;
  /** Adam's learning rate at the start, above 0 to 1; it falls to a tenth along half a cosine. @default 0.01 */
  readonly learningRate?: number;
  /** Largest Euclidean norm of a gradient, above 0. @default 5 */
  readonly gradientClip?: number;
  /** Weight of the divergence, from 0; 1 is the evidence lower bound with a likelihood of variance 1/2. @default 0.02 */
  readonly beta?: number;
  /** Share of a first training's updates over which beta grows from 0, 0 to 1. @default 0.3 */
  readonly betaWarmUp?: number;
  /** Reconstruction loss: the squared error of cells that carry information. @default 'mse' */
  readonly loss?: 'mse';
  /** Share of the series held out to choose the best weights by, 0 to 0.5. @default 0.1 */
  readonly heldOut?: number;
  /** Training stops after this many of its 20 evaluations in a row without a better held-out loss, from 1. @default 5 */
  readonly patience?: number;
  /**
   * What computes: `js` runs everywhere, `tfjs` needs `@tensorflow/tfjs-node` installed, `auto` takes whichever of those
   * that are there is faster for the shape. Results differ in the sixth digit.
   *
   * @default 'auto'
   */
  readonly engine?: VraeEngine;
  /** Seed of weights, order and noise: any 32-bit integer. @default 1 */
  readonly seed?: number;
}

export type VraeEngine = 'auto' | 'js' | 'tfjs';

/** `VraeOptions` with every default filled in and every value in range. */
export type VraeSettings = Required<VraeOptions>;

const DEFAULTS: VraeSettings = {
  hidden: 32,
  latent: 8,
  cell: 'lstm',
  batch: 32,
  updates: 1000,
  learningRate: 0.01,
  gradientClip: 5,
  beta: 0.02,
  betaWarmUp: 0.3,
  loss: 'mse',
  heldOut: 0.1,
  patience: 5,
  engine: 'auto',
  seed: 1,
};

/**
 * Fills defaults in and checks ranges.
 *
 * @throws SegtideError `config` for a value out of range.
 */
export function resolveVrae(options: VraeOptions = {}): VraeSettings {
  const settings: VraeSettings = { ...DEFAULTS };
  for (const [name, value] of Object.entries(options)) {
    if (!(name in DEFAULTS)) throw new SegtideError('config', `vrae has no option ${name}; remove it`);
    if (value !== undefined) Object.assign(settings, { [name]: value });
  }
  requireInteger('hidden', settings.hidden, 1, 1024);
  requireInteger('latent', settings.latent, 1, 256);
  requireInteger('batch', settings.batch, 1, 65_536);
  requireInteger('updates', settings.updates, 1, 10_000_000);
  requireInteger('patience', settings.patience, 1, 1000);
  requireInteger('seed', settings.seed, -(2 ** 31), 2 ** 32 - 1);
  requireNumber('learningRate', settings.learningRate, Number.MIN_VALUE, 1);
  requireNumber('gradientClip', settings.gradientClip, Number.MIN_VALUE, Number.MAX_VALUE);
  requireNumber('beta', settings.beta, 0, 1e6);
  requireNumber('betaWarmUp', settings.betaWarmUp, 0, 1);
  requireNumber('heldOut', settings.heldOut, 0, 0.5);
  requireOneOf('cell', settings.cell, ['lstm']);
  requireOneOf('loss', settings.loss, ['mse']);
  requireOneOf('engine', settings.engine, ['auto', 'js', 'tfjs']);
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

function requireOneOf(name: keyof VraeOptions, value: string, known: readonly string[]): void {
  if (!known.includes(value)) {
    throw new SegtideError('config', `vrae.${name} must be ${known.join(' or ')}, got ${value}`);
  }
}
