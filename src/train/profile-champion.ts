import { assign } from '../cluster/assign.js';
import { profileSegments } from '../cluster/profile-segments.js';
import type { SegmentProfile } from '../cluster/segment-profile.js';
import { prepareSeries } from '../series/prepare-series.js';
import type { WindowBatch } from '../window/window-batch.js';
import { decodePrototypes } from './decode-prototypes.js';
import { decodeArtifact } from './encode-artifact.js';
import { openModel } from './loaded-model.js';
import { placesOf } from './places-of.js';
import type { Champion, ModelSettings } from './training-job.js';

/** What the segments of a model that was made elsewhere look like in these windows. */
export async function profileChampion(
  { artifact, clusterModel }: Champion,
  { encoder: { engine }, calendar }: Pick<ModelSettings, 'encoder' | 'calendar'>,
  windows: WindowBatch,
): Promise<readonly SegmentProfile[]> {
  const { encoder, settings, scale } = openModel(decodeArtifact(artifact), engine);
  try {
    const embeddings = await encoder.encode(prepareSeries(settings, scale, windows));
    const assignments = assign(clusterModel, embeddings);
    return profileSegments(assignments, {
      placeOf: placesOf(calendar),
      decoded: await decodePrototypes(encoder, settings, assignments),
    });
  } finally {
    encoder.dispose?.();
  }
}
