import { viewMapOf } from '../../encode/encoder-model.js';
import { PLACE_SIZE } from '../../encode/neighbours/fit-landmark-map.js';
import type { OpenEncoder } from '../../encode/open-encoder.js';
import type { Shift } from '../../encode/views/shift.js';
import { openEngine } from '../../encode/vrae/engines/open-engine.js';
import type { VraeWeights } from '../../encode/vrae/vrae-weights.js';
import { createRandom } from '../../numeric/random.js';
import { sample } from '../../numeric/sample.js';
import { takeRows } from '../../numeric/take-rows.js';
import type { FittedScale } from '../../series/fitted-scale.js';
import { prepareSeries } from '../../series/prepare-series.js';
import { fromEncoderTensors } from '../encoder-tensors.js';
import { fitViewMap, type ViewMapFit } from '../fit-view-map.js';
import type { TrainingJob } from '../training-job.js';
import { selectWindows } from '../window-rows.js';
import type { Incumbent } from './incumbent.js';
import type { TrainingWindows } from './training-windows.js';

/** Windows that views are fitted to at most: the search for neighbours goes with the square. */
const MOST_MAPPED = 5_000;

/**
 * Fits the views and the map of the places that they give windows, where there are views; the map begins where the
 * champion's has the windows, unless all begins anew.
 *
 * @param scale the model's own; null where every window is scaled by itself
 * @param weights of the model's VRAE, whose latents may be one of the views
 * @param open makes the encoder that gives those latents
 */
export async function fitPlaces(
  { settings, seed, fresh, refit }: TrainingJob,
  { windows, split: { trainRows } }: TrainingWindows,
  scale: FittedScale | null,
  weights: VraeWeights,
  champion: Incumbent | undefined,
  open: OpenEncoder,
): Promise<ViewMapFit> {
  const { views: kinds, shift, engine: name } = settings.encoder;
  if (kinds.length === 0) return { viewMap: undefined, record: [] };
  const rows = sample(trainRows, MOST_MAPPED, createRandom(seed));
  const series = prepareSeries(settings.series, scale ?? undefined, selectWindows(windows, rows));
  const latents = kinds.includes('latents')
    ? (await open({ kind: 'vrae', vrae: weights, viewMap: undefined }, '', name).encode(series)).latents
    : undefined;
  const formerPlaces = refit ? undefined : champion && placesBy(champion, rows, shift);
  const { engine } = await openEngine(name);
  try {
    return await fitViewMap(
      series,
      { kinds, shift, series: settings.series, scale, latents, seed, formerPlaces, beginsThere: !fresh },
      engine,
    );
  } finally {
    engine.dispose();
  }
}

/** Where windows lie by the champion; undefined where it has no map, or one that sees shifts otherwise. */
function placesBy(
  { embeddings: { embeddings, embeddingSize }, artifact }: Incumbent,
  rows: Uint32Array,
  shift: Shift,
): Float32Array | undefined {
  const viewMap = viewMapOf(fromEncoderTensors(artifact.encoder));
  if (viewMap?.map.size !== PLACE_SIZE || viewMap.views.shift !== shift) return undefined;
  return takeRows(embeddings, embeddingSize, rows);
}
