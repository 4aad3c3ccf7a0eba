import { NO_CENTROID } from '../cluster/refit-centroids.js';
import type { WindowBatch } from '../window/window-batch.js';

/** The same rows under the model before and the model to come. */
export interface RowMemberships {
  readonly before: Uint16Array; // (rows)
  readonly next: Uint16Array; // (rows)
}

/** Share in the windows before, over that in the windows since, up to which a segment is new. */
const NEW_SHARE = 0.2;
/** Rows of a segment that there would have to be before, so that their absence says something. */
const LEAST_EXPECTED = 20;

/**
 * What rows were before, to match segments by. A model puts every window into some segment, also one of a kind that came
 * up after it was fitted: there it says nothing of identity. So rows of a next segment that hardly has rows from before the
 * model was fitted count as what their customers were until then, and as nothing where that is not known: a segment that
 * customers of one segment left for is a split of it, one that customers of many or new ones make up is born, and neither
 * takes an id from those who stayed.
 *
 * A segment whose like is not found elsewhere has changed as a whole: its rows count as they are.
 *
 * @param fittedAt event time up to which the model before was fitted, epoch ms
 * @returns a copy where something changes
 */
export function formerMembership(
  { customers, ends }: Pick<WindowBatch, 'customers' | 'ends'>,
  { before, next }: RowMemberships,
  fittedAt: number,
): Uint16Array {
  const isOld = Uint8Array.from(ends, (end) => Number(end <= fittedAt));
  const fresh = newSegments(next, isOld);
  const newcomers = [...fresh].filter((j) => {
    const parent = mostFrequent(before, (row) => next[row] === j);
    return parent !== undefined && !fresh.has(mostFrequent(next, (row) => before[row] === parent && isOld[row] === 1)!);
  });
  if (newcomers.length === 0) return before;
  const was = new Map<number, { readonly end: number; readonly segment: number }>();
  for (const [row, segment] of before.entries()) {
    if (isOld[row] === 0 || newcomers.includes(next[row]!)) continue;
    const known = was.get(customers[row]!);
    if (known === undefined || known.end < ends[row]!) was.set(customers[row]!, { end: ends[row]!, segment });
  }
  return before.map((segment, row) =>
    newcomers.includes(next[row]!) ? (was.get(customers[row]!)?.segment ?? NO_CENTROID) : segment,
  );
}

/** Next segments that hardly have rows from before, though by their share since then they would. */
function newSegments(next: Uint16Array, isOld: Uint8Array): ReadonlySet<number> {
  const counts = new Map<number, { old: number; since: number }>();
  let olds = 0;
  for (const [row, j] of next.entries()) {
    if (j === NO_CENTROID) continue;
    const count = counts.get(j) ?? { old: 0, since: 0 };
    counts.set(j, count);
    if (isOld[row] === 1) {
      count.old++;
      olds++;
    } else count.since++;
  }
  const since = [...counts.values()].reduce((sum, count) => sum + count.since, 0);
  const found = [...counts].filter(([, count]) => {
    const expected = (count.since / Math.max(1, since)) * olds;
    return expected >= LEAST_EXPECTED && count.old <= NEW_SHARE * expected;
  });
  return new Set(found.map(([j]) => j));
}

/** The commonest segment of chosen rows; undefined where they have none. */
function mostFrequent(membership: Uint16Array, isChosen: (row: number) => boolean): number | undefined {
  const counts = new Map<number, number>();
  for (const [row, segment] of membership.entries()) {
    if (segment !== NO_CENTROID && isChosen(row)) counts.set(segment, (counts.get(segment) ?? 0) + 1);
  }
  return [...counts].reduce<[number, number] | undefined>(
    (most, entry) => (most && most[1] >= entry[1] ? most : entry),
    undefined,
  )?.[0];
}
