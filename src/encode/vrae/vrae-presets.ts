import type { VraeSettings } from './vrae-options.js';

export type VraePreset = 'default' | 'published';

const DEFAULT: VraeSettings = {
  preset: 'default',
  cell: 'lstm',
  depth: 1,
  bidirectional: true,
  hidden: 32,
  latent: 8,
  decoder: 'zero-input',
  output: 'linear',
  initialState: 'tanh',
  initialization: 'glorot',
  loss: 'mse',
  beta: 0.1,
  betaWarmUp: 0.3,
  freeBits: 0,
  dropout: 0,
  batch: 32,
  updates: 2000,
  optimizer: 'adam',
  learningRate: 0.01,
  schedule: 'cosine',
  rateWarmUp: 0,
  momentum: 0.9,
  weightDecay: 0,
  gradientClip: 5,
  heldOut: 0.1,
  patience: 5,
  engine: 'auto',
  threads: 1,
  seed: 1,
};

/**
 * The published VRAE sums squared errors over a batch of 32 series, takes the mean of the divergence over series and 20
 * latents, clips that sum's gradient at 5, and runs 40 epochs without an end. Divided by the batch's cells, that is
 * beta = 1 / (32 · 20) and, for series of some eighty steps, a clip of 0.002. Both clips act at nearly every update, and
 * Adam's steps do not depend on the gradient's scale, so the steps are the same.
 */
const PUBLISHED: VraeSettings = {
  ...DEFAULT,
  preset: 'published',
  bidirectional: false,
  hidden: 90,
  latent: 20,
  initialState: 'linear',
  initialization: 'uniform',
  beta: 1 / 640,
  betaWarmUp: 0,
  updates: 4000,
  learningRate: 5e-4,
  schedule: 'constant',
  gradientClip: 0.002,
  patience: 20,
};

/** Every option's value, by preset. */
export const PRESETS: Readonly<Record<VraePreset, VraeSettings>> = { default: DEFAULT, published: PUBLISHED };
