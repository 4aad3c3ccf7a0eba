import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import type { ViewMap } from '../encode/encoder-model.js';
import { openEngine } from '../encode/vrae/engines/open-engine.js';
import type { VraeEngine } from '../encode/vrae/vrae-options.js';
import { createRandom } from '../numeric/random.js';
import { sample } from '../numeric/sample.js';
import { takeRows } from '../numeric/take-rows.js';
import { neighbourAgreement } from './neighbour-agreement.js';
import { toWeightedViews } from './weighted-views.js';

/** Rows that are compared at most: each costs a distance to all others. */
const MOST_ROWS = 1_000;

/**
 * How far a model's embedding keeps the neighbourhoods of windows that it was not fitted to, as its own views see them:
 * what segments by views rest on.
 *
 * @param embeddings of all rows by the model
 * @param rows the held-out ones
 * @returns in [0, 1]; undefined where the model has no views, or a row is not finite
 */
export async function measureNeighbours(
  viewMap: ViewMap | undefined,
  embeddings: EmbeddingBatch,
  rows: Uint32Array,
  name: VraeEngine,
): Promise<number | undefined> {
  if (viewMap === undefined) return undefined;
  const drawn = sample(rows, MOST_ROWS, createRandom(0));
  const { series, embeddingSize, latents } = embeddings;
  const cells = series.steps * series.channels;
  const values = takeRows(series.values, cells, drawn);
  const mask = new Uint8Array(drawn.length * cells);
  for (const [at, row] of drawn.entries()) mask.set(series.mask.subarray(row * cells, (row + 1) * cells), at * cells);
  const ofLatents = latents && takeRows(latents.values, latents.latentSize, drawn);
  const windows = { length: drawn.length, values, mask, latents: ofLatents };
  const { engine } = await openEngine(name);
  try {
    return neighbourAgreement(
      { size: viewMap.views.size, values: toWeightedViews(viewMap, windows, engine) },
      { size: embeddingSize, values: takeRows(embeddings.embeddings, embeddingSize, drawn) },
      drawn.length,
    );
  } finally {
    engine.dispose();
  }
}
