import type { ViewMap } from '../encode/encoder-model.js';
import { toColumnWeights } from '../encode/views/column-weights.js';
import { createViewTransform } from '../encode/views/view-transform.js';
import type { RecurrentEngine } from '../encode/vrae/recurrent-engine.js';

/** Prepared windows, with their latents where a view is of them. */
export interface ViewedWindows {
  readonly length: number;
  readonly values: Float32Array; // (length, steps, channels)
  readonly mask: Uint8Array; // (length, steps, channels)
  readonly latents: Float32Array | undefined; // (length, latents)
}

/**
 * Windows as a model's weighted views see them: the space in which the map looks for neighbours.
 *
 * @param engine whose buffers this takes, until it is disposed of
 * @returns (length, views.size)
 */
export function toWeightedViews(
  { views, weights }: Pick<ViewMap, 'views' | 'weights'>,
  { length, values, mask, latents }: ViewedWindows,
  engine: RecurrentEngine,
): Float32Array {
  const described = new Float32Array(length * views.size);
  createViewTransform(views, engine).transform(values, mask, length, latents, described);
  const columnWeights = toColumnWeights(views, weights);
  for (let at = 0; at < described.length; at++) described[at]! *= columnWeights[at % views.size]!;
  return described;
}
