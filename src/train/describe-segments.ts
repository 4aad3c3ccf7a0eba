import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import { type FormerProfile, profileSegments } from '../cluster/profile-segments.js';
import type { SegmentProfile } from '../cluster/segment-profile.js';
import { decodePrototypes } from './decode-prototypes.js';
import type { LoadedModel } from './loaded-model.js';
import { placesOf } from './places-of.js';
import type { StepCalendar } from './training-job.js';

/**
 * What a model's segments look like in windows that it has assigned: their profiles, with what its decoder makes of them.
 *
 * @param former what is said of the segments in force. @default nothing
 * @returns one profile for each centroid, in their order
 */
export async function describeSegments(
  { encoder, settings }: Pick<LoadedModel, 'encoder' | 'settings'>,
  assignments: AssignmentBatch,
  calendar: StepCalendar,
  former: readonly FormerProfile[] = [],
): Promise<readonly SegmentProfile[]> {
  return profileSegments(assignments, {
    placeOf: placesOf(calendar),
    former,
    decoded: await decodePrototypes(encoder, settings, assignments),
  });
}
