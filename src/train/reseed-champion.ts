import type { ClusterModel } from '../cluster/cluster-model.js';
import { toClusterPoints } from '../cluster/cluster-points.js';
import type { FormerProfile } from '../cluster/profile-segments.js';
import { reseedStarved } from '../cluster/reseed-starved.js';
import type { SegmentLineage } from '../cluster/segment-lineage.js';
import type { SegmentProfile } from '../cluster/segment-profile.js';
import type { WindowBatch } from '../window/window-batch.js';
import { embedByChampion } from './embed-by-champion.js';
import { profileChampion } from './profile-champion.js';
import type { Champion, ModelSettings } from './training-job.js';
import { selectWindows } from './window-rows.js';

/** Centroids in new places, and what there is to tell of it. */
export interface Reseeding {
  readonly clusterModel: ClusterModel;
  /** Rows of the centroids that are elsewhere now. */
  readonly rows: readonly number[];
  readonly lineage: readonly SegmentLineage[];
  /** Of all segments of the model as it is now. */
  readonly profiles: readonly SegmentProfile[];
  readonly nextSegmentNumber: number;
}

/** Windows that a new place is looked for among at most: the stream waits meanwhile. */
const MOST_WINDOWS = 5_000;

/**
 * Gives starved centroids of the model in force a new place among the windows.
 *
 * @param former what is said of the segments in force
 * @returns undefined where there is no better place for them
 */
export async function reseedChampion(
  champion: Champion,
  starved: readonly number[],
  settings: Pick<ModelSettings, 'encoder' | 'calendar'>,
  windows: WindowBatch,
  nextSegmentNumber: number,
  former: readonly FormerProfile[],
): Promise<Reseeding | undefined> {
  const length = Math.min(windows.length, MOST_WINDOWS);
  const rows = Uint32Array.from({ length }, (_, i) => Math.floor((i * windows.length) / length));
  const drawn = selectWindows(windows, rows);
  const embeddings = await embedByChampion(champion, settings, drawn);
  const points = toClusterPoints(embeddings, champion.clusterModel.distance);
  const found = await reseedStarved(champion.clusterModel, starved, points, nextSegmentNumber);
  if (found === undefined) return undefined;
  const { model: clusterModel, lineage } = found;
  const profiles = await profileChampion({ ...champion, clusterModel }, settings, drawn, former);
  return { clusterModel, rows: found.rows, lineage, profiles, nextSegmentNumber: found.nextSegmentNumber };
}
