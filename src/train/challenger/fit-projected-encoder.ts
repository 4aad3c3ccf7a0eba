import { type ProjectedKind, projectedView } from '../../encode/encoder-kind.js';
import type { ProjectedModel } from '../../encode/encoder-model.js';
import { fitViews } from '../../encode/views/fit-views.js';
import type { UsageScale } from '../../encode/views/usage-scale.js';
import { openEngine } from '../../encode/vrae/engines/open-engine.js';
import { createRandom } from '../../numeric/random.js';
import { sample } from '../../numeric/sample.js';
import type { FittedScale } from '../../series/fitted-scale.js';
import { prepareSeries } from '../../series/prepare-series.js';
import type { TrainingJob } from '../training-job.js';
import { selectWindows } from '../window-rows.js';
import type { TrainingWindows } from './training-windows.js';

/** Windows that a projection is fitted to at most: more do not move its components. */
const MOST_FITTED = 5_000;

/**
 * Fits the view that is an encoder's embedding, to windows as they are prepared.
 *
 * @param scale the model's own; null where every window is scaled by itself
 */
export async function fitProjectedEncoder(
  kind: ProjectedKind,
  { settings, seed }: TrainingJob,
  { windows, split: { trainRows } }: TrainingWindows,
  scale: FittedScale | null,
): Promise<ProjectedModel> {
  const { features, shift, embeddingSize, engine: name } = settings.encoder;
  const rows = sample(trainRows, MOST_FITTED, createRandom(seed));
  const series = prepareSeries(settings.series, scale ?? undefined, selectWindows(windows, rows));
  const { engine } = await openEngine(name);
  try {
    const options = { kinds: [projectedView(kind, features)], scale: asPrepared(series.channels), shift, seed };
    return { kind, views: await fitViews(series, { ...options, mostComponents: embeddingSize }, engine) };
  } finally {
    engine.dispose();
  }
}

/** Views see the windows as `series` prepares them, and not as usage. */
function asPrepared(channels: number): UsageScale {
  return { centers: Array(channels).fill(0), scales: Array(channels).fill(1), log: false };
}
