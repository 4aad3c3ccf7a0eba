import { type GainElsewhere, type PlacedRows, regroupingGain } from '../../cluster/regrouping-gain.js';
import type { EmbeddingBatch } from '../../encode/embedding-batch.js';
import { type EncoderModel, type ViewMap, viewMapOf } from '../../encode/encoder-model.js';
import { PLACE_SIZE } from '../../encode/neighbours/fit-landmark-map.js';
import { layOutWindows } from '../../encode/neighbours/lay-out-windows.js';
import { splitViews } from '../../encode/views/split-views.js';
import { createViewTransform } from '../../encode/views/view-transform.js';
import { openEngine } from '../../encode/vrae/engines/open-engine.js';
import type { RecurrentEngine } from '../../encode/vrae/recurrent-engine.js';
import type { VraeEngine } from '../../encode/vrae/vrae-options.js';
import { createRandom } from '../../numeric/random.js';
import { sample } from '../../numeric/sample.js';
import { shuffle } from '../../numeric/shuffle.js';
import { takeRows } from '../../numeric/take-rows.js';

export interface HalvesOptions {
  /** Any integer. */
  readonly seed: number;
  readonly engine: VraeEngine;
}

/** Some of the windows, laid out for themselves. */
interface LaidOutHalf extends PlacedRows {
  /** Rows of the windows that are in it, ascending. */
  readonly rows: Uint32Array; // (length)
}

/** Windows of a half at most: the search for neighbours goes with the square. */
const MOST_OF_A_HALF = 2_500;
const NEIGHBOURS = 15;

/**
 * Judges regroupings of windows by two disjoint halves of them, each laid out by its own neighbourhoods in the model's views
 * and from new places: what the model's map shows by the chance of its windows and of its layout, they do not both show. The
 * gain is the lesser of the two. They are laid out when first asked.
 *
 * @param embeddings of the windows by the model
 * @returns undefined for a model whose embedding is no map of views
 */
export function gainOverHalves(
  model: EncoderModel,
  embeddings: EmbeddingBatch,
  options: HalvesOptions,
): GainElsewhere | undefined {
  const viewMap = viewMapOf(model);
  if (viewMap === undefined) return undefined;
  let halves: Promise<readonly LaidOutHalf[]> | undefined;
  return async (before, after) => {
    halves ??= layHalvesOut(viewMap, embeddings, options);
    const gains = (await halves).map((half) =>
      regroupingGain(half, membersOf(before, half.rows), membersOf(after, half.rows)),
    );
    return Math.min(...gains);
  };
}

async function layHalvesOut(
  viewMap: ViewMap,
  embeddings: EmbeddingBatch,
  { seed, engine: name }: HalvesOptions,
): Promise<readonly LaidOutHalf[]> {
  const random = createRandom(seed);
  const drawn = sample(
    Uint32Array.from({ length: embeddings.length }, (_, i) => i),
    2 * MOST_OF_A_HALF,
    random,
  ).slice();
  shuffle(drawn, random);
  const middle = Math.floor(drawn.length / 2);
  const { engine } = await openEngine(name);
  try {
    const halves: LaidOutHalf[] = [];
    for (const half of [drawn.subarray(0, middle), drawn.subarray(middle)]) {
      const rows = half.slice().sort();
      halves.push({ rows, size: PLACE_SIZE, embeddings: await layOut(viewMap, embeddings, rows, seed, engine) });
    }
    return halves;
  } finally {
    engine.dispose();
  }
}

async function layOut(
  { views, weights }: ViewMap,
  { series: { steps, channels, values, mask }, latents }: EmbeddingBatch,
  rows: Uint32Array,
  seed: number,
  engine: RecurrentEngine,
): Promise<Float32Array> {
  const described = new Float32Array(rows.length * views.size);
  createViewTransform(views, engine).transform(
    takeRows(values, steps * channels, rows),
    takeRows(mask, steps * channels, rows),
    rows.length,
    latents && takeRows(latents.values, latents.latentSize, rows),
    described,
  );
  const weighted = splitViews(views, described).map((view, i) => ({ ...view, weight: weights[i]! }));
  const options = { size: PLACE_SIZE, neighbours: NEIGHBOURS, seed };
  const windows = { length: rows.length, views: weighted };
  const { places } = await layOutWindows(windows, options, createRandom(seed), engine);
  return Float32Array.from(places);
}

function membersOf(membership: Uint16Array, rows: Uint32Array): Uint16Array {
  return Uint16Array.from(rows, (row) => membership[row]!);
}
