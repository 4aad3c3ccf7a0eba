import type { Abortable } from '../../numeric/abortable.js';
import { seedCentroids } from '../seed-centroids.js';
import { centersOf } from './centers.js';
import type { Dendrogram } from './dendrogram.js';
import { pause } from './pause.js';
import { type Points, takePoints } from './points.js';
import { sortMerges } from './sort-merges.js';

/** A tree that was grown from the top, on leaves of many rows. */
export interface DivisiveTree {
  readonly tree: Dendrogram;
  /** Leaf of each row. */
  readonly leafOf: Uint32Array; // (length)
}

interface Part {
  readonly rows: Uint32Array;
  readonly inertia: number;
}

/**
 * Divisive clustering by bisecting k-means (Steinbach, Karypis and Kumar, 2000): the part of most inertia is cut in two by
 * k-means, until there are `leaves` parts or none that can be cut. A merge is as high as under Ward's linkage, the root of
 * twice the inertia that it adds.
 */
export async function bisectingKMeans(
  points: Points,
  leaves: number,
  seed: number,
  signal?: Abortable,
): Promise<DivisiveTree> {
  const all = Uint32Array.from({ length: points.length }, (_, i) => i);
  const parts: Part[] = [{ rows: all, inertia: inertiaOf(points, all) }];
  const splits: { readonly part: number; readonly height: number }[] = [];
  while (parts.length < leaves) {
    await pause(signal);
    const widest = parts.reduce((best, { inertia }, i) => (inertia > parts[best]!.inertia ? i : best), 0);
    const { rows, inertia } = parts[widest]!;
    if (inertia === 0) break;
    const within = takePoints(points, rows);
    const fit = await seedCentroids(within.values, points.size, 2, { seed: seed + splits.length });
    const sides = [0, 1].map((side) => rows.filter((_, i) => fit.membership[i] === side));
    if (sides.some((side) => side.length === 0)) break;
    const [left, right] = sides.map((side) => ({ rows: side, inertia: inertiaOf(points, side) })) as [Part, Part];
    parts[widest] = left;
    parts.push(right);
    splits.push({ part: widest, height: Math.sqrt(2 * Math.max(0, inertia - left.inertia - right.inertia)) });
  }
  const leafOf = new Uint32Array(points.length);
  for (const [leaf, { rows }] of parts.entries()) for (const row of rows) leafOf[row] = leaf;
  return { tree: toTree(parts, splits), leafOf };
}

function inertiaOf(points: Points, rows: Uint32Array): number {
  const within = takePoints(points, rows);
  const { distances } = centersOf(within, { k: 1, membership: new Uint16Array(rows.length) });
  return distances.reduce((sum, distance) => sum + distance * distance, 0);
}

/** A split is never lower than one that came after it, though its gain may be less: so a cut undoes the last splits. */
function toTree(parts: readonly Part[], splits: readonly { part: number; height: number }[]): Dendrogram {
  const heights = new Float64Array(splits.length);
  let least = 0;
  for (let i = splits.length - 1; i >= 0; i--) {
    least = Math.max(least, splits[i]!.height);
    heights[i] = least;
  }
  const last = splits.length - 1;
  return sortMerges(
    parts.length,
    Uint32Array.from(parts, ({ rows }) => rows.length),
    {
      lefts: Uint32Array.from(splits, (_, i) => splits[last - i]!.part),
      rights: Uint32Array.from(splits, (_, i) => last - i + 1),
      heights: heights.reverse(),
    },
  );
}
