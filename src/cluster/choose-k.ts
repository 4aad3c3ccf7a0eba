import { finiteRows, NO_CENTROID } from './refit-centroids.js';
import { seedCentroids } from './seed-centroids.js';
import { silhouette } from './silhouette.js';

export interface ChooseKOptions {
  /** Any integer. */
  readonly seed: number;
  /** Most segments that are tried. @default 12 */
  readonly most?: number;
  /** Number of segments in force, which another must beat by `stay`. @default none */
  readonly current?: number | undefined;
  /** What another number must gain in score. @default 0.02 */
  readonly stay?: number;
}

export interface TriedK {
  readonly k: number;
  readonly silhouette: number;
  /** What is compared: the silhouette, less where one segment has more than half of the rows. */
  readonly score: number;
}

export interface ChosenK {
  readonly k: number;
  /** What was tried, in ascending order of `k`. */
  readonly tried: readonly TriedK[];
}

/**
 * Chooses the number of segments: of 2 to `most` the one whose k-means has the largest mean silhouette (Rousseeuw, 1987)
 * over up to 1,000 rows; of equals the least. Where the largest segment has a share p above a half, the silhouette counts
 * times √(2(1 - p)): it is large where a few rows are set apart from all others, which says nothing of those. Each number
 * is fitted three times to up to 2,000 rows. Where rows fall into fewer than three different ones, there are as many
 * segments.
 *
 * @param embeddings (rows, size)
 * @throws SegtideError `encoder` when no row is usable
 */
export async function chooseK(embeddings: Float32Array, size: number, options: ChooseKOptions): Promise<ChosenK> {
  const { seed, most = 12, current, stay = 0.02 } = options;
  const rows = finiteRows(embeddings, size).length;
  // Segments of a single row say nothing.
  const last = Math.max(2, Math.min(most, Math.floor(rows / 2)));
  const tried: TriedK[] = [];
  for (let k = 2; k <= last; k++) {
    const fit = await seedCentroids(embeddings, size, k, { seed, starts: STARTS, sampleRows: SAMPLE_ROWS });
    if (fit.k < k) {
      if (tried.length === 0) return { k: fit.k, tried };
      break;
    }
    const value = silhouette(embeddings, size, fit.membership, { seed });
    tried.push({ k, silhouette: value, score: value * balance(fit.membership, k) });
  }
  const best = tried.reduce((a, b) => (b.score > a.score ? b : a));
  const inForce = tried.find(({ k }) => k === current);
  return { k: inForce !== undefined && best.score <= inForce.score + stay ? inForce.k : best.k, tried };
}

/** 1 where the largest segment has up to half of the rows, falling to 0 where it has all. */
function balance(membership: Uint16Array, k: number): number {
  const sizes = new Float64Array(k);
  let rows = 0;
  for (const j of membership) {
    if (j === NO_CENTROID) continue;
    sizes[j]! += 1;
    rows++;
  }
  const others = 1 - sizes.reduce((most, size) => Math.max(most, size), 0) / rows;
  return Math.min(1, Math.sqrt(2 * others));
}

const STARTS = 3;
const SAMPLE_ROWS = 2_000;
