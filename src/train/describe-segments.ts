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
 * @param surplus 1 for windows that shares are told without (`surplusOf`). @default all count
 * @returns one profile for each centroid, in their order
 */
export async function describeSegments(
  { encoder, settings }: Pick<LoadedModel, 'encoder' | 'settings'>,
  assignments: AssignmentBatch,
  calendar: StepCalendar,
  former: readonly FormerProfile[] = [],
  surplus?: Uint8Array,
): Promise<readonly SegmentProfile[]> {
  return profileSegments(assignments, {
    placeOf: placesOf(calendar),
    former,
    surplus,
    decoded: await decodePrototypes(encoder, settings, assignments),
  });
}
