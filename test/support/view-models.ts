import type { VraeModel } from '../../src/encode/encoder-model.js';
import { DEFAULT_VIEWS } from '../../src/encode/encoder-options.js';
import type { ViewKind } from '../../src/encode/views/view-kind.js';
import { createJsEngine } from '../../src/encode/vrae/engines/js/js-engine.js';
import { createParameters } from '../../src/encode/vrae/initial-parameters.js';
import { toWeights } from '../../src/encode/vrae/vrae-weights.js';
import { createRandom } from '../../src/numeric/random.js';
import type { SeriesBatch } from '../../src/series/series-batch.js';
import { resolveSeries } from '../../src/series/series-settings.js';
import { fitViewMap, type ViewMapFit } from '../../src/train/fit-view-map.js';
import { createUsage } from '../encode/views/view-windows.js';
import { shapeOf, toSeriesBatch } from '../encode/vrae/vrae-batches.js';

/** Windows are taken for usage as they are. */
export const PLAIN_SERIES = resolveSeries({ transform: 'none', scale: 'none' }, 8, 2);

/** Usage of customers at six levels and three phases: 8 steps, 2 channels. */
export function usageSeries(length: number, seed = 1): SeriesBatch {
  return toSeriesBatch(createUsage(length, 8, 2, seed));
}

export function fitMap(
  series: SeriesBatch,
  options: Partial<Parameters<typeof fitViewMap>[1]> = {},
): Promise<ViewMapFit> {
  const { kinds = DEFAULT_VIEWS, shift = 'aligned', ...rest } = options;
  return fitViewMap(
    series,
    {
      ...{ kinds, shift, series: PLAIN_SERIES, scale: null, latents: undefined, seed: 1 },
      ...{ formerPlaces: undefined, beginsThere: false },
      ...rest,
    },
    createJsEngine(),
  );
}

/** A VRAE as it begins, 3 latents, and views that are fitted to 60 windows. */
export async function viewModel(seed = 1, kinds: readonly ViewKind[] = DEFAULT_VIEWS): Promise<VraeModel> {
  const shape = shapeOf({ steps: 8, channels: 2, hidden: 4, latent: 3 });
  const vrae = toWeights(shape, createParameters(shape, createRandom(seed)));
  return { kind: 'vrae', vrae, viewMap: (await fitMap(usageSeries(60, seed), { kinds, seed })).viewMap };
}
