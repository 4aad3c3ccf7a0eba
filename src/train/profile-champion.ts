import { assign } from '../cluster/assign.js';
import type { FormerProfile } from '../cluster/profile-segments.js';
import type { SegmentProfile } from '../cluster/segment-profile.js';
import type { WindowBatch } from '../window/window-batch.js';
import { describeSegments } from './describe-segments.js';
import { embedWindows } from './embed-windows.js';
import type { Champion, ModelSettings } from './training-job.js';
import { withOpenChampion } from './with-open-champion.js';

/**
 * What the segments of a model look like in windows that it was not trained on.
 *
 * @param former what is said of the segments so far. @default nothing
 * @throws SegtideError `state` when the model was fitted under other settings
 */
export function profileChampion(
  champion: Champion,
  settings: ModelSettings,
  windows: WindowBatch,
  former?: readonly FormerProfile[],
): Promise<readonly SegmentProfile[]> {
  return withOpenChampion(champion, settings, async (model) =>
    describeSegments(model, assign(model.cluster, await embedWindows(model, windows)), settings.calendar, former),
  );
}
