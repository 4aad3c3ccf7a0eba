import { assign } from '../cluster/assign.js';
import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import type { FormerProfile } from '../cluster/profile-segments.js';
import { type RelateOptions, relateSegments } from '../cluster/relate-segments.js';
import type { SegmentLineage } from '../cluster/segment-lineage.js';
import type { SegmentProfile } from '../cluster/segment-profile.js';
import { createRandom } from '../numeric/random.js';
import { sample } from '../numeric/sample.js';
import type { WindowBatch } from '../window/window-batch.js';
import { checkModel } from './check-model.js';
import { describeSegments } from './describe-segments.js';
import { embedWindows } from './embed-windows.js';
import { decodeArtifact } from './encode-artifact.js';
import type { Champion, ModelSettings } from './training-job.js';
import { selectWindows } from './window-rows.js';
import { withOpenChampion } from './with-open-champion.js';

/** A model that is put into force by hand, and what it says of the stream as it is now. */
export interface ReinstatedModel {
  readonly profiles: readonly SegmentProfile[];
  readonly lineage: readonly SegmentLineage[];
}

/** Windows that both models are asked about at most: some hundred milliseconds of work. */
const MOST_WINDOWS = 2_000;

/**
 * Looks at recent windows with a model that is to be put into force by hand, and with the champion: what its segments
 * look like now, and what becomes of the champion's. Between parts of the work the event loop gets its turn.
 *
 * @param champion undefined where none is in force
 * @param windows of the reservoir
 * @param options with what is said of the segments in force
 * @throws SegtideError `state` where the model can't be used here
 */
export async function reinstateModel(
  next: Champion,
  champion: Champion | undefined,
  windows: WindowBatch,
  settings: ModelSettings,
  { newKind, former }: Pick<RelateOptions, 'newKind'> & { readonly former: readonly FormerProfile[] },
): Promise<ReinstatedModel> {
  checkModel(decodeArtifact(next.artifact));
  const rows = sample(
    Uint32Array.from({ length: windows.length }, (_, i) => i),
    MOST_WINDOWS,
    createRandom(settings.encoder.seed),
  );
  const drawn = selectWindows(windows, rows);
  const now = await withOpenChampion(next, settings, async (model) => {
    const assignments = assign(model.cluster, await embedWindows(model, drawn));
    const profiles = await describeSegments(model, assignments, settings.calendar, former);
    return { segments: segmentsOf(assignments), profiles };
  });
  const before =
    champion &&
    (await withOpenChampion(champion, settings, async (model) =>
      segmentsOf(assign(model.cluster, await embedWindows(model, drawn))),
    ));
  return {
    profiles: now.profiles,
    lineage: relateSegments(
      before ?? now.segments.map(() => undefined),
      now.segments,
      { former: champion?.clusterModel.segmentIds ?? [], next: next.clusterModel.segmentIds },
      { newKind },
    ),
  };
}

function segmentsOf({ model, nearest, distances }: AssignmentBatch): (string | undefined)[] {
  return Array.from(nearest, (j, i) => (Number.isNaN(distances[i]) ? undefined : model.segmentIds[j]));
}
