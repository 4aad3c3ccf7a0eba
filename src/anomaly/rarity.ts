import type { AnomalyPart, Usual } from './anomaly-model.js';
import { type Tail, toTail } from './tail.js';

/** How rare what was measured is, part by part and all in one. */
export interface Rarity {
  /** -log10 of the share of usual windows in which the part is as large; 0 for a part that is not measured. */
  of(part: AnomalyPart, value: number, segment: number): number;
  /** The parts in one number: the root of the mean of their squared rarities. */
  together(parts: Readonly<Record<AnomalyPart, number>>, segment: number): number;
  /** What the part is in half of the segment's usual windows. */
  median(part: AnomalyPart, segment: number): number;
}

/**
 * Which parts count, and whether among all windows or among those of the segment: chosen on the sets of docs/alerts.md.
 * The distance to landmarks counts both ways: a window may be far off for a dense segment, or far off for anybody.
 */
const COUNTED: readonly (readonly [part: AnomalyPart, among: 'all' | 'segment'])[] = [
  ['landmarks', 'all'],
  ['landmarks', 'segment'],
  ['isolation', 'all'],
  ['nearest', 'segment'],
  ['run', 'segment'],
  ['reconstruction', 'segment'],
  ['centroid', 'segment'],
  ['course', 'segment'],
];

/** No part says more than that a window is one in a million: what lies far beyond a tail tells little of how rare it is. */
export const MOST_RARE = 6;

/** Windows of a segment with which its own tail and that of all windows count alike. */
const SHRINKAGE = 50;

export function createRarity({ all, segments }: Pick<Usual, 'all' | 'segments'>): Rarity {
  const tails = tailsOf(all);
  const ofSegments = segments.map(tailsOf);
  const among = (part: AnomalyPart, value: number, segment: number): number => {
    const common = tails[part];
    if (common === undefined || Number.isNaN(value)) return 0;
    const own = ofSegments[segment]?.[part];
    if (own === undefined) return common.rarity(value);
    const share = own.weight / (own.weight + SHRINKAGE);
    return share * own.rarity(value) + (1 - share) * common.rarity(value);
  };
  return {
    of: among,
    together(parts, segment) {
      let squares = 0;
      let count = 0;
      for (const [part, scope] of COUNTED) {
        const common = tails[part];
        if (common === undefined) continue;
        const value = parts[part];
        const rarity = scope === 'all' ? common.rarity(value) : among(part, value, segment);
        squares += Math.min(rarity, MOST_RARE) ** 2;
        count++;
      }
      return count === 0 ? 0 : Math.sqrt(squares / count);
    },
    median: (part, segment) => (ofSegments[segment]?.[part] ?? tails[part])?.median ?? Number.NaN,
  };
}

function tailsOf(digests: Usual['all']): Partial<Record<AnomalyPart, Tail>> {
  return Object.fromEntries(
    Object.entries(digests)
      .filter(([, digest]) => digest.means.length > 0)
      .map(([part, digest]) => [part, toTail(digest)]),
  );
}
