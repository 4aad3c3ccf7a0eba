import { silhouette } from '../cluster/silhouette.js';
import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import type { ViewMap } from '../encode/encoder-model.js';
import type { RecurrentEngine } from '../encode/vrae/recurrent-engine.js';
import { toWeightedViews } from './weighted-views.js';

/**
 * Silhouettes of several groupings of the same windows in one space, that of a model's weighted views: what the map makes
 * of it is left out, since every map parts its own windows best, and the more of them the less.
 *
 * @param embeddings of the windows by the model
 * @param engine whose buffers this takes, until it is disposed of
 */
export function commonSilhouettes(
  viewMap: ViewMap,
  { series: { values, mask }, length, latents }: EmbeddingBatch,
  memberships: readonly Uint16Array[],
  engine: RecurrentEngine,
): readonly number[] {
  const described = toWeightedViews(viewMap, { length, values, mask, latents: latents?.values }, engine);
  return memberships.map((membership) => silhouette(described, viewMap.views.size, membership));
}
