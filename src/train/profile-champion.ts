import { assign } from '../cluster/assign.js';
import { profileSegments } from '../cluster/profile-segments.js';
import type { SegmentProfile } from '../cluster/segment-profile.js';
import type { WindowBatch } from '../window/window-batch.js';
import { embedByChampion } from './embed-by-champion.js';
import { placesOf } from './places-of.js';
import type { Champion, ModelSettings } from './training-job.js';

/** What the segments of a model that was made elsewhere look like in these windows. */
export async function profileChampion(
  champion: Champion,
  settings: Pick<ModelSettings, 'encoder' | 'calendar'>,
  windows: WindowBatch,
): Promise<readonly SegmentProfile[]> {
  const embeddings = await embedByChampion(champion, settings, windows);
  return profileSegments(assign(champion.clusterModel, embeddings), { placeOf: placesOf(settings.calendar) });
}
