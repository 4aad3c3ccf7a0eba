import { assign } from '../cluster/assign.js';
import { toClusterPoints } from '../cluster/cluster-points.js';
import type { FormerProfile } from '../cluster/profile-segments.js';
import { type ReseededModel, reseedStarved } from '../cluster/reseed-starved.js';
import type { SegmentProfile } from '../cluster/segment-profile.js';
import type { WindowBatch } from '../window/window-batch.js';
import { describeSegments } from './describe-segments.js';
import { embedWindows } from './embed-windows.js';
import type { Champion, ModelSettings } from './training-job.js';
import { selectWindows } from './window-rows.js';
import { withOpenChampion } from './with-open-champion.js';

export interface ReseedChampionOptions {
  readonly nextSegmentNumber: number;
  /** What is said of the segments in force. */
  readonly former: readonly FormerProfile[];
}

/** Centroids in new places, and what the segments of the model look like by now. */
export interface ReseededChampion extends ReseededModel {
  readonly profiles: readonly SegmentProfile[];
}

/** Windows that a new place is looked for among at most: the stream waits meanwhile. */
const MOST_WINDOWS = 5_000;

/**
 * Gives starved centroids of the model in force a new place among the windows.
 *
 * @param starved rows of the centroids
 * @param windows of the reservoir
 * @returns undefined where there is no better place for them
 */
export async function reseedChampion(
  champion: Champion,
  starved: readonly number[],
  windows: WindowBatch,
  settings: ModelSettings,
  { nextSegmentNumber, former }: ReseedChampionOptions,
): Promise<ReseededChampion | undefined> {
  const length = Math.min(windows.length, MOST_WINDOWS);
  const rows = Uint32Array.from({ length }, (_, i) => Math.floor((i * windows.length) / length));
  return withOpenChampion(champion, settings, async (model) => {
    const embeddings = await embedWindows(model, selectWindows(windows, rows));
    const points = toClusterPoints(embeddings, model.cluster.distance);
    const found = await reseedStarved(model.cluster, starved, points, nextSegmentNumber);
    if (found === undefined) return undefined;
    const assignments = assign(found.model, embeddings);
    return { ...found, profiles: await describeSegments(model, assignments, settings.calendar, former) };
  });
}
