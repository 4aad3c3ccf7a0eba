import type { ViewKind } from './views/view-kind.js';

/**
 * What turns a prepared window into a vector:
 * - `vrae`: a variational recurrent autoencoder, with views of the window beside it;
 * - `dae`: a denoising autoencoder of dense layers;
 * - `cnn`: a convolutional autoencoder;
 * - `transformer`: a transformer autoencoder with time embedding;
 * - `raw`: the window itself;
 * - `features`: its 22 canonical characteristics (catch22), or the compact features;
 * - `rocket`: features of random convolution kernels;
 * - `dtw`: its distances to chosen windows under banded dynamic time warping;
 * - `precomputed`: nothing; its records carry an embedding already, an element a channel;
 * - `onnx`: any pretrained encoder, as an ONNX file;
 * - `tfjs`: one as a model of TensorFlow, by its output or by any of its layers;
 * - `plugin`: a module of the user's own.
 *
 * `raw`, `features`, `rocket` and `dtw` are reduced to their principal components. They and `precomputed` have neither latents
 * nor reconstructions.
 */
export type EncoderKind = (typeof ENCODER_KINDS)[number];

export const ENCODER_KINDS = [
  'vrae',
  'dae',
  'cnn',
  'transformer',
  'raw',
  'features',
  'rocket',
  'dtw',
  'precomputed',
  'onnx',
  'tfjs',
  'plugin',
] as const;

/** The kinds that are autoencoders without views, trained by mini-batches. */
export type AutoencoderKind = (typeof AUTOENCODER_KINDS)[number];

export const AUTOENCODER_KINDS = ['dae', 'cnn', 'transformer'] as const satisfies readonly EncoderKind[];

/** The kinds whose embedding is one view of the window. */
export type ProjectedKind = Exclude<EncoderKind, AutoencoderKind | 'vrae' | 'precomputed' | 'onnx' | 'tfjs' | 'plugin'>;

/** The view that each is, but for other sets of `features`. */
export const PROJECTED_VIEWS: Readonly<Record<ProjectedKind, ViewKind>> = {
  raw: 'values',
  features: 'catch22',
  rocket: 'usage-kernels',
  dtw: 'dtw-distances',
};

/** Sets of features. */
export const FEATURE_SETS = ['catch22', 'compact'] as const;

export type FeatureSet = (typeof FEATURE_SETS)[number];

/** The view that an encoder's embedding is. */
export function projectedView(kind: ProjectedKind, features: FeatureSet): ViewKind {
  return kind === 'features' && features === 'compact' ? 'compact-features' : PROJECTED_VIEWS[kind];
}

export function isEncoderKind(kind: string): kind is EncoderKind {
  return ENCODER_KINDS.includes(kind as EncoderKind);
}

export function isAutoencoderKind(kind: EncoderKind): kind is AutoencoderKind {
  return (AUTOENCODER_KINDS as readonly EncoderKind[]).includes(kind);
}

export function isProjectedKind(kind: EncoderKind): kind is ProjectedKind {
  return kind in PROJECTED_VIEWS;
}
