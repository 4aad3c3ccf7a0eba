import { silhouette } from '../cluster/silhouette.js';
import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import type { ViewMap } from '../encode/encoder-model.js';
import { createViewTransform } from '../encode/views/view-transform.js';
import type { RecurrentEngine } from '../encode/vrae/recurrent-engine.js';

/**
 * Silhouettes of several groupings of the same windows in one space, that of a model's weighted views: what the map makes
 * of it is left out, since every map parts its own windows best, and the more of them the less.
 *
 * @param embeddings of the windows by the model
 * @param engine whose buffers this takes, until it is disposed of
 */
export function commonSilhouettes(
  { views, weights }: ViewMap,
  { series, length, latents }: EmbeddingBatch,
  memberships: readonly Uint16Array[],
  engine: RecurrentEngine,
): readonly number[] {
  const described = new Float32Array(length * views.size);
  createViewTransform(views, engine).transform(series.values, series.mask, length, latents?.values, described);
  const columnWeights = views.views.flatMap(({ size }, i) => Array<number>(size).fill(weights[i]!));
  for (let at = 0; at < described.length; at++) described[at]! *= columnWeights[at % views.size]!;
  return memberships.map((membership) => silhouette(described, views.size, membership));
}
