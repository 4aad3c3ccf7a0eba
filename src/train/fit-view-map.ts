import type { Latents } from '../encode/embedding-batch.js';
import type { ViewMap } from '../encode/encoder-model.js';
import { fitLandmarkMap } from '../encode/neighbours/fit-landmark-map.js';
import { fitViews } from '../encode/views/fit-views.js';
import type { Shift } from '../encode/views/shift.js';
import { splitViews } from '../encode/views/split-views.js';
import { toUsageScale } from '../encode/views/usage-scale.js';
import type { ViewKind } from '../encode/views/view-kind.js';
import { createViewTransform } from '../encode/views/view-transform.js';
import type { RecurrentEngine } from '../encode/vrae/recurrent-engine.js';
import type { FittedScale } from '../series/fitted-scale.js';
import type { SeriesBatch } from '../series/series-batch.js';
import type { SeriesSettings } from '../series/series-settings.js';
import type { ViewRecord } from './model-artifact.js';
import { viewAgreement } from './view-agreement.js';

export interface FitViewMapOptions {
  readonly kinds: readonly ViewKind[];
  readonly shift: Shift;
  readonly series: SeriesSettings;
  /** The model's own; null where every window is scaled by itself. */
  readonly scale: FittedScale | null;
  /** Of the same windows; needed by the view of them. */
  readonly latents: Latents | undefined;
  readonly seed: number;
  /** Where the windows lie by the model in force: what it holds for neighbours counts as one more view would. */
  readonly formerPlaces: Float32Array | undefined; // (length, size)
  /** Begins where the windows lie by the model in force, and not anew. */
  readonly beginsThere: boolean;
}

export interface ViewMapFit {
  /** Undefined where no view tells the windows apart. */
  readonly viewMap: ViewMap | undefined;
  /** What each view counts, in order. */
  readonly record: readonly ViewRecord[];
}

/**
 * Fits views to windows, weighs them by their agreement, and maps the windows by what they agree on.
 *
 * The model in force is heard as well, with a weight by the same rule: where the views leave open on which side of a border a
 * window lies, it stays on the side where it is; where windows have changed, what the model in force says of them agrees with
 * no view, and counts little.
 *
 * @param engine whose buffers this takes, until it is disposed of
 */
export async function fitViewMap(
  series: SeriesBatch,
  { kinds, shift, series: settings, scale, latents, seed, formerPlaces, beginsThere }: FitViewMapOptions,
  engine: RecurrentEngine,
): Promise<ViewMapFit> {
  const { length } = series;
  const options = { kinds, shift, scale: toUsageScale(settings, scale ?? undefined), seed };
  const views = await fitViews(series, latents === undefined ? options : { ...options, latents }, engine);
  const toRecord = (weights: readonly number[]): ViewRecord[] =>
    views.views.map(({ kind, degenerate }, i) => ({ kind, weight: weights[i]!, degenerate: degenerate ?? null }));
  if (views.size === 0) return { viewMap: undefined, record: toRecord(kinds.map(() => 0)) };
  const described = new Float32Array(length * views.size);
  createViewTransform(views, engine).transform(series.values, series.mask, length, latents?.values, described);
  const values = splitViews(views, described);
  const former = formerPlaces && { size: formerPlaces.length / length, values: formerPlaces };
  const agreement = await viewAgreement(values, length, seed, former);
  const weights = agreement.slice(0, values.length);
  const map = await fitLandmarkMap(
    {
      length,
      views: values.map((view, i) => ({ ...view, weight: weights[i]! })),
      former: former && { ...former, weight: agreement.at(-1)! },
    },
    { seed, initialPlaces: beginsThere ? formerPlaces : undefined },
    engine,
  );
  return { viewMap: { views, weights, map }, record: toRecord(weights) };
}
