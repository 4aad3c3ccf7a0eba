import type { FormerSegments } from '../../cluster/match-segments.js';
import { lastRowsBefore, membershipByCustomer } from '../changed-behaviour.js';
import { formerMembership } from '../former-membership.js';
import { selectWindows } from '../window-rows.js';
import { groupBy, type Incumbent } from './incumbent.js';
import type { IncumbentRoles } from './incumbent-roles.js';
import type { TrainingWindows } from './training-windows.js';

/**
 * The segments that windows were in, for new ones to carry their ids on; undefined where there were none.
 *
 * @param next new segment of each window
 */
export async function toFormerSegments(
  { former, unknownSince }: Pick<IncumbentRoles, 'former' | 'unknownSince'>,
  data: TrainingWindows,
  next: Uint16Array,
): Promise<FormerSegments | undefined> {
  if (former === undefined) return undefined;
  const { model, membership, artifact } = former;
  return {
    segmentIds: model.cluster.segmentIds,
    membership:
      unknownSince === undefined
        ? formerMembership(data.windows, { before: membership, next }, artifact.createdAt)
        : await membershipBefore(unknownSince, former, data),
  };
}

/** Segments of windows that the model does not know, by what their customers were before. */
async function membershipBefore(
  since: number,
  { model, membership }: Incumbent,
  { sampled, windows }: TrainingWindows,
): Promise<Uint16Array> {
  const before = selectWindows(sampled, lastRowsBefore(sampled, since));
  return membershipByCustomer(windows, membership, before, (await groupBy(model, before)).membership);
}
