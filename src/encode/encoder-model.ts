import type { LandmarkMap } from './neighbours/landmark-map.js';
import type { FittedViews } from './views/fitted-views.js';
import type { VraeWeights } from './vrae/vrae-weights.js';

/** An encoder as it was trained: plain data, which any engine opens. */
export interface EncoderModel {
  readonly vrae: VraeWeights;
  /** What makes embeddings of a window's views; without it the VRAE's latents are the embedding. */
  readonly viewMap: ViewMap | undefined;
}

/** Views of windows, what each counts, and the map of where windows lie by them. */
export interface ViewMap {
  readonly views: FittedViews;
  /** Of each view, in order, from 0. */
  readonly weights: readonly number[];
  readonly map: LandmarkMap;
}

/** Numbers of an embedding. */
export function embeddingSizeOf({ vrae, viewMap }: EncoderModel): number {
  return viewMap?.map.size ?? vrae.shape.latent;
}
