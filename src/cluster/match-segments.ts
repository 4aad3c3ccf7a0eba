import { SegtideError } from '../errors.js';
import { NO_CENTROID } from './refit-centroids.js';
import type { LineageKind, SegmentLineage, SegmentShare } from './segment-lineage.js';

/** The same reservoir rows under the model before. */
export interface FormerSegments {
  readonly segmentIds: readonly string[];
  /** Row of `segmentIds` for each reservoir row; `NO_CENTROID` where the model before had no fitting segment. */
  readonly membership: Uint16Array; // (rows)
}

/** The same reservoir rows under the model to come. */
export interface NextSegments {
  readonly k: number;
  /** Centroid of each reservoir row; `NO_CENTROID` where there is none. */
  readonly membership: Uint16Array; // (rows)
}

export interface MatchOptions {
  /** Least Jaccard overlap at which an id is carried over. @default 0.1 */
  readonly carryOverlap?: number;
  /** Least Jaccard overlap at which a segment counts as the same, not as moved. @default 0.5 */
  readonly sameOverlap?: number;
  /** More than this share of a segment's members must come from one parent, or go to one child, to name it. @default 0.5 */
  readonly descent?: number;
  /** Least share of the parent that a child takes, and of the child that a parent brings. @default 0.1 */
  readonly part?: number;
}

export interface SegmentMatch {
  /** Id of each centroid of the next model. */
  readonly segmentIds: readonly string[]; // (k)
  /** One entry for each next segment in the order of its centroids, then one for each former id that ended. */
  readonly lineage: readonly SegmentLineage[];
  /** Number of the next new id, to be kept in state: ids are never reused. */
  readonly nextSegmentNumber: number;
}

/**
 * Names the segments of a new model: ids are carried over by the one-to-one assignment that maximises membership
 * overlap (Jaccard, on reservoir rows assigned under both models), the rest get ids never used before (`s1`, `s2` …).
 *
 * Embeddings of different encoders can't be compared; who is together with whom can. Ties go to the lower index.
 *
 * @param former undefined for the first model: all segments are born
 * @param nextSegmentNumber as the last match returned it; 1 at the very first
 * @throws SegtideError `state` when the memberships have different lengths or a former id is ahead of the counter.
 */
export async function matchSegments(
  former: FormerSegments | undefined,
  next: NextSegments,
  nextSegmentNumber: number,
  options: MatchOptions = {},
): Promise<SegmentMatch> {
  const { carryOverlap = 0.1, sameOverlap = 0.5, descent = 0.5, part = 0.1 } = options;
  const formerIds = former?.segmentIds ?? [];
  requireUnusedNumber(formerIds, nextSegmentNumber);
  const overlaps = countOverlaps(former, next);
  const carried = await carryOver(overlaps, carryOverlap);

  let number = nextSegmentNumber;
  const segmentIds: string[] = [];
  for (let j = 0; j < next.k; j++) {
    const i = carried[j]!;
    segmentIds.push(i >= 0 ? formerIds[i]! : `s${number++}`);
  }

  const { common, formerTotals, nextTotals } = overlaps;
  // Former segment that most of a next segment's members come from, and next segment that most of a former one's go to.
  const parents = segmentIds.map((_, j) =>
    formerIds.findIndex(
      (_, i) => common[i]![j]! > descent * nextTotals[j]! && common[i]![j]! >= part * formerTotals[i]!,
    ),
  );
  const heirs = formerIds.map((_, i) =>
    segmentIds.findIndex(
      (_, j) => common[i]![j]! > descent * formerTotals[i]! && common[i]![j]! >= part * nextTotals[j]!,
    ),
  );
  const count = (list: readonly number[], value: number): number => list.filter((x) => x === value).length;

  const lineage: SegmentLineage[] = segmentIds.map((segmentId, j) => {
    const i = carried[j]!;
    const overlap = i < 0 ? 0 : jaccard(overlaps, i, j);
    let kind: LineageKind;
    if (count(heirs, j) > 1) kind = 'merged';
    else if (parents[j]! >= 0 && count(parents, parents[j]!) > 1) kind = 'split';
    else if (i < 0) kind = comesFromOne(overlaps, j, descent) ? 'split' : 'born';
    else kind = overlap >= sameOverlap ? 'same' : 'moved';
    return {
      segmentId,
      kind,
      from: shares(formerIds, (i) => common[i]![j]!, nextTotals[j]!),
      into: i < 0 ? [] : shares(segmentIds, (other) => common[i]![other]!, formerTotals[i]!),
      overlap,
    };
  });
  for (const [i, segmentId] of formerIds.entries()) {
    if (carried.includes(i)) continue;
    const heir = heirs[i]!;
    const kind = heir >= 0 && count(heirs, heir) > 1 ? 'merged' : 'retired';
    const into = shares(segmentIds, (j) => common[i]![j]!, formerTotals[i]!);
    lineage.push({ segmentId, kind, from: [], into, overlap: 0 });
  }
  return { segmentIds, lineage, nextSegmentNumber: number };
}

/** Whether most members of a next segment come from one former segment, however little that loses by it. */
function comesFromOne({ common, nextTotals }: Overlaps, j: number, descent: number): boolean {
  return common.some((row) => row[j]! > descent * nextTotals[j]!);
}

interface Overlaps {
  /** Rows that both segments hold, [former][next]. */
  readonly common: readonly Float64Array[];
  readonly formerTotals: Float64Array;
  readonly nextTotals: Float64Array;
}

function countOverlaps(former: FormerSegments | undefined, next: NextSegments): Overlaps {
  const formerK = former?.segmentIds.length ?? 0;
  const common = Array.from({ length: formerK }, () => new Float64Array(next.k));
  const formerTotals = new Float64Array(formerK);
  const nextTotals = new Float64Array(next.k);
  const rows = next.membership.length;
  if (former !== undefined && former.membership.length !== rows) {
    throw new SegtideError(
      'state',
      `Segments are matched on the same rows under both models; got ${former.membership.length} before and ${rows} after`,
    );
  }
  for (let row = 0; row < rows; row++) {
    const i = former?.membership[row] ?? NO_CENTROID;
    const j = next.membership[row]!;
    if (i !== NO_CENTROID) formerTotals[i]! += 1;
    if (j !== NO_CENTROID) nextTotals[j]! += 1;
    if (i !== NO_CENTROID && j !== NO_CENTROID) common[i]![j]! += 1;
  }
  return { common, formerTotals, nextTotals };
}

/** Former segment of each next one, -1 where there is none. */
async function carryOver(overlaps: Overlaps, least: number): Promise<readonly number[]> {
  const formerK = overlaps.common.length;
  const nextK = overlaps.nextTotals.length;
  const carried = new Array<number>(nextK).fill(-1);
  if (formerK === 0 || nextK === 0) return carried;
  const { linearSumAssignment } = await import('linear-sum-assignment');
  // Pairs under the threshold are worth nothing, so that they can't push a real one aside.
  const gains = overlaps.common.map((_, i) =>
    Float64Array.from({ length: nextK }, (_, j) => {
      const overlap = jaccard(overlaps, i, j);
      return overlap < least ? 0 : overlap;
    }),
  );
  const { rowAssignments } = linearSumAssignment(gains, { maximaze: true });
  for (let i = 0; i < formerK; i++) {
    const j = rowAssignments[i]!;
    if (j >= 0 && gains[i]![j]! > 0) carried[j] = i;
  }
  return carried;
}

function jaccard({ common, formerTotals, nextTotals }: Overlaps, i: number, j: number): number {
  const both = common[i]![j]!;
  return both === 0 ? 0 : both / (formerTotals[i]! + nextTotals[j]! - both);
}

function shares(ids: readonly string[], rowsOf: (index: number) => number, total: number): readonly SegmentShare[] {
  return ids
    .map((segmentId, index) => ({ segmentId, share: total === 0 ? 0 : rowsOf(index) / total }))
    .filter(({ share }) => share >= 0.01)
    .sort((a, b) => b.share - a.share);
}

function requireUnusedNumber(formerIds: readonly string[], nextSegmentNumber: number): void {
  for (const id of formerIds) {
    if (/^s\d+$/.test(id) && Number(id.slice(1)) >= nextSegmentNumber) {
      throw new SegtideError(
        'state',
        `Segment ids are never reused: the next number must be above that of ${id}; got ${nextSegmentNumber}. Restore the counter with the model.`,
      );
    }
  }
}
