import type { EmbeddingBatch } from '../encode/embedding-batch.js';
import type { ViewMap } from '../encode/encoder-model.js';
import { createViewTransform } from '../encode/views/view-transform.js';
import { openEngine } from '../encode/vrae/engines/open-engine.js';
import type { VraeEngine } from '../encode/vrae/vrae-options.js';
import { createRandom } from '../numeric/random.js';
import { sample } from '../numeric/sample.js';
import { neighbourAgreement } from './neighbour-agreement.js';

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
  const { views, weights } = viewMap;
  const described = new Float32Array(drawn.length * views.size);
  const { engine } = await openEngine(name);
  try {
    const ofLatents = latents && takeRows(latents.values, latents.latentSize, drawn);
    createViewTransform(views, engine).transform(values, mask, drawn.length, ofLatents, described);
  } finally {
    engine.dispose();
  }
  const ofColumns = views.views.flatMap(({ size }, view) => Array<number>(size).fill(weights[view]!));
  for (let at = 0; at < described.length; at++) described[at]! *= ofColumns[at % views.size]!;
  return neighbourAgreement(
    { size: views.size, values: described },
    { size: embeddingSize, values: takeRows(embeddings.embeddings, embeddingSize, drawn) },
    drawn.length,
  );
}

function takeRows(values: Float32Array, size: number, rows: Uint32Array): Float32Array {
  const taken = new Float32Array(rows.length * size);
  for (const [at, row] of rows.entries()) taken.set(values.subarray(row * size, (row + 1) * size), at * size);
  return taken;
}
