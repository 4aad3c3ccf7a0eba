import { assign } from '../cluster/assign.js';
import { type FormerProfile, profileSegments } from '../cluster/profile-segments.js';
import type { SegmentProfile } from '../cluster/segment-profile.js';
import { prepareSeries } from '../series/prepare-series.js';
import type { WindowBatch } from '../window/window-batch.js';
import { decodePrototypes } from './decode-prototypes.js';
import { decodeArtifact } from './encode-artifact.js';
import { openModel } from './loaded-model.js';
import { placesOf } from './places-of.js';
import type { Champion, ModelSettings } from './training-job.js';

/**
 * What the segments of a model look like in windows that it was not trained on.
 *
 * @param former what is said of the segments in force. @default nothing
 */
export async function profileChampion(
  { artifact, clusterModel }: Champion,
  { encoder: { engine }, calendar }: Pick<ModelSettings, 'encoder' | 'calendar'>,
  windows: WindowBatch,
  former: readonly FormerProfile[] = [],
): Promise<readonly SegmentProfile[]> {
  const { encoder, settings, scale } = openModel(decodeArtifact(artifact), engine);
  try {
    const embeddings = await encoder.encode(prepareSeries(settings, scale, windows));
    const assignments = assign(clusterModel, embeddings);
    return profileSegments(assignments, {
      placeOf: placesOf(calendar),
      former,
      decoded: await decodePrototypes(encoder, settings, assignments),
    });
  } finally {
    encoder.dispose?.();
  }
}
