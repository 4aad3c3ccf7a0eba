import type { FittedPlugin, PluginShape } from '../plugin/encoder-plugin.js';
import type { AutoencoderEmbedding } from './autoencoder/autoencoder-options.js';
import type { AutoencoderWeights } from './autoencoder/autoencoder-weights.js';
import type { FileLayout } from './encoder-file.js';
import { type AutoencoderKind, isAutoencoderKind, type ProjectedKind } from './encoder-kind.js';
import type { LandmarkMap } from './neighbours/landmark-map.js';
import type { FittedViews } from './views/fitted-views.js';
import type { VraeWeights } from './vrae/vrae-weights.js';

/** An encoder as it was trained: plain data, which any engine opens. */
export type EncoderModel =
  | VraeModel
  | AutoencoderModel
  | ProjectedModel
  | PrecomputedModel
  | OnnxFileModel
  | TfjsFileModel
  | PluginModel;

export interface VraeModel {
  readonly kind: 'vrae';
  readonly vrae: VraeWeights;
  /** What makes embeddings of a window's views; without it the VRAE's latents are the embedding. */
  readonly viewMap: ViewMap | undefined;
}

/** An autoencoder without views. */
export interface AutoencoderModel {
  readonly kind: AutoencoderKind;
  readonly weights: AutoencoderWeights;
  /** What is clustered of a window: its latents, or what they are decoded to. */
  readonly embedding: AutoencoderEmbedding;
}

/** Views of windows, what each counts, and the map of where windows lie by them. */
export interface ViewMap {
  readonly views: FittedViews;
  /** Of each view, in order, from 0. */
  readonly weights: readonly number[];
  readonly map: LandmarkMap;
}

/** An encoder whose embedding is one view of the prepared window, as its projection gives it. */
export interface ProjectedModel {
  readonly kind: ProjectedKind;
  /** One view; of size 0 where it told nothing of the windows that it was fitted to, and all embeddings are alike. */
  readonly views: FittedViews;
}

/** Windows of one step, of which each channel is an element of an embedding that records carry. */
export interface PrecomputedModel {
  readonly kind: 'precomputed';
  readonly size: number;
}

/** An encoder that was trained elsewhere, as a file. */
interface FileModel {
  readonly steps: number;
  readonly channels: number;
  readonly size: number;
  readonly layout: FileLayout;
  /** Whether it takes one window at a time. */
  readonly isRowByRow: boolean;
  readonly file: Uint8Array;
  /** What stands in the place of a number that is not finite, element by element. */
  readonly fill: Float32Array; // (size)
}

export interface OnnxFileModel extends FileModel {
  readonly kind: 'onnx';
  /** Name of the file's input, and of its output. */
  readonly input: string;
  readonly output: string;
}

export interface TfjsFileModel extends FileModel {
  readonly kind: 'tfjs';
  /** Layer, node or output that is the embedding; null: the model's only output. */
  readonly layer: string | null;
  // `file` has all files of the model in one, as `readTfjsFile` gives them.
}

/** What a user's own encoder learnt. Its code is not here: whoever opens the model has the module in the config. */
export interface PluginModel extends PluginShape {
  readonly kind: 'plugin';
  /** Of the plug-in. */
  readonly name: string;
  readonly fitted: FittedPlugin;
}

/** What an encoder takes, and what it gives of a window. */
export interface EncoderShape {
  readonly steps: number;
  readonly channels: number;
  readonly embeddingSize: number;
  /** 0 where it has no latents; it reconstructs windows from them where it has. */
  readonly latentSize: number;
  /** Whether it tells how far a window lies from those it was fitted to. */
  readonly hasLandmarks: boolean;
}

export function encoderShapeOf(model: EncoderModel): EncoderShape {
  if (model.kind === 'vrae') {
    const { shape } = model.vrae;
    const { steps, channels, latent } = shape;
    const { viewMap } = model;
    const embeddingSize = viewMap?.map.size ?? latent;
    return { steps, channels, embeddingSize, latentSize: latent, hasLandmarks: viewMap !== undefined };
  }
  if (isAutoencoder(model)) {
    const { steps, channels, latent } = model.weights.shape;
    const embeddingSize = model.embedding === 'latents' ? latent : steps * channels;
    return { steps, channels, embeddingSize, latentSize: latent, hasLandmarks: false };
  }
  if (model.kind === 'precomputed') {
    return { steps: 1, channels: model.size, embeddingSize: model.size, latentSize: 0, hasLandmarks: false };
  }
  if (model.kind === 'onnx' || model.kind === 'tfjs') {
    const { steps, channels, size } = model;
    return { steps, channels, embeddingSize: size, latentSize: 0, hasLandmarks: false };
  }
  if (model.kind === 'plugin') {
    const { steps, channels, fitted } = model;
    return { steps, channels, embeddingSize: fitted.embeddingSize, latentSize: 0, hasLandmarks: false };
  }
  const { steps, channels, size } = model.views;
  return { steps, channels, embeddingSize: Math.max(1, size), latentSize: 0, hasLandmarks: false };
}

export function isAutoencoder(model: EncoderModel): model is AutoencoderModel {
  return isAutoencoderKind(model.kind);
}

/** Whether windows lie by latents alone: of a network, and not on a map of views. */
export function restsOnLatentsAlone(model: EncoderModel): boolean {
  return isAutoencoder(model) || (model.kind === 'vrae' && model.viewMap === undefined);
}

/** The map that embeddings are places on; undefined where they are not. */
export function viewMapOf(model: EncoderModel): ViewMap | undefined {
  return model.kind === 'vrae' ? model.viewMap : undefined;
}
