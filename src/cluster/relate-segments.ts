import type { LineageKind, SegmentLineage, SegmentShare } from './segment-lineage.js';

export interface RelateOptions {
  /** What a segment is called that the model before did not have; `born` yields to `split` where it comes from one. */
  readonly newKind: Extract<LineageKind, 'born' | 'restored'>;
  /** Least Jaccard overlap at which a segment counts as the same, not as moved. @default 0.5 */
  readonly sameOverlap?: number;
  /** More than this share of a new segment's members must come from one former segment to make it a split. @default 0.5 */
  readonly descent?: number;
}

/**
 * Tells how the segments of a model relate to those of the one that it takes over from, where both have their ids
 * already: the same windows under both. Nothing is matched; an id stands for what it always stood for.
 *
 * @param former segment of each window under the model before; undefined where there is none
 * @param next the same under the model that takes over
 * @param ids of the segments of both, in the order of their centroids
 * @returns one entry for each next segment, then one for each former id that ends
 */
export function relateSegments(
  former: readonly (string | undefined)[],
  next: readonly (string | undefined)[],
  ids: { readonly former: readonly string[]; readonly next: readonly string[] },
  { newKind, sameOverlap = 0.5, descent = 0.5 }: RelateOptions,
): readonly SegmentLineage[] {
  const forward = countPairs(former, next);
  const backward = countPairs(next, former);
  const sizes = { former: countEach(former), next: countEach(next) };
  const lineage = ids.next.map((segmentId): SegmentLineage => {
    const from = shares(backward.get(segmentId), sizes.next.get(segmentId));
    if (!ids.former.includes(segmentId)) {
      const comesFromOne = (from[0]?.share ?? 0) > descent;
      const kind = newKind === 'born' && comesFromOne ? 'split' : newKind;
      return { segmentId, kind, from, into: [], overlap: 0 };
    }
    const both = forward.get(segmentId)?.get(segmentId) ?? 0;
    const either = (sizes.former.get(segmentId) ?? 0) + (sizes.next.get(segmentId) ?? 0) - both;
    const overlap = either === 0 ? 0 : both / either;
    // Where no window tells, an id that both models have is no news.
    const kind = either === 0 || overlap >= sameOverlap ? 'same' : 'moved';
    return { segmentId, kind, from, into: shares(forward.get(segmentId), sizes.former.get(segmentId)), overlap };
  });
  const ended = ids.former.filter((segmentId) => !ids.next.includes(segmentId));
  return [
    ...lineage,
    ...ended.map((segmentId): SegmentLineage => {
      const into = shares(forward.get(segmentId), sizes.former.get(segmentId));
      return { segmentId, kind: 'retired', from: [], into, overlap: 0 };
    }),
  ];
}

type Counts = ReadonlyMap<string, number>;

function countEach(segments: readonly (string | undefined)[]): Counts {
  const counts = new Map<string, number>();
  for (const id of segments) if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** Windows of each segment of `a`, by their segment of `b`. */
function countPairs(
  a: readonly (string | undefined)[],
  b: readonly (string | undefined)[],
): ReadonlyMap<string, Counts> {
  const pairs = new Map<string, Map<string, number>>();
  for (const [i, from] of a.entries()) {
    const to = b[i];
    if (from === undefined || to === undefined) continue;
    const counts = pairs.get(from) ?? new Map<string, number>();
    counts.set(to, (counts.get(to) ?? 0) + 1);
    pairs.set(from, counts);
  }
  return pairs;
}

/** Shares of at least 1 %, in falling order; of equal ones the lesser id first. */
function shares(counts: Counts = new Map(), total = 0): readonly SegmentShare[] {
  return [...counts]
    .map(([segmentId, count]) => ({ segmentId, share: count / total }))
    .filter(({ share }) => share >= 0.01)
    .sort((a, b) => b.share - a.share || (a.segmentId < b.segmentId ? -1 : 1));
}
