import { finiteRows } from './refit-centroids.js';
import { seedCentroids } from './seed-centroids.js';
import { silhouette } from './silhouette.js';

export interface ChooseKOptions {
  /** Any integer. */
  readonly seed: number;
  /** Most segments that are tried. @default 12 */
  readonly most?: number;
  /** Number of segments in force, which another must beat by `stay`. @default none */
  readonly current?: number | undefined;
  /** What another number must gain in silhouette. @default 0.02 */
  readonly stay?: number;
}

export interface ChosenK {
  readonly k: number;
  /** What was tried, in ascending order of `k`. */
  readonly tried: readonly { readonly k: number; readonly silhouette: number }[];
}

/**
 * Chooses the number of segments: of 2 to `most` the one whose k-means has the largest mean silhouette (Rousseeuw, 1987)
 * over up to 1,000 rows; of equals the least. Each is fitted three times to up to 2,000 rows. Where rows fall into
 * fewer than three different ones, there are as many segments.
 *
 * @param embeddings (rows, size)
 * @throws SegtideError `encoder` when no row is usable
 */
export async function chooseK(embeddings: Float32Array, size: number, options: ChooseKOptions): Promise<ChosenK> {
  const { seed, most = 12, current, stay = 0.02 } = options;
  const rows = finiteRows(embeddings, size).length;
  // Segments of a single row say nothing.
  const last = Math.max(2, Math.min(most, Math.floor(rows / 2)));
  const tried: { k: number; silhouette: number }[] = [];
  for (let k = 2; k <= last; k++) {
    const fit = await seedCentroids(embeddings, size, k, { seed, starts: STARTS, sampleRows: SAMPLE_ROWS });
    if (fit.k < k) {
      if (tried.length === 0) return { k: fit.k, tried };
      break;
    }
    tried.push({ k, silhouette: silhouette(embeddings, size, fit.membership, { seed }) });
  }
  const best = tried.reduce((a, b) => (b.silhouette > a.silhouette ? b : a));
  const inForce = tried.find(({ k }) => k === current);
  return { k: inForce !== undefined && best.silhouette <= inForce.silhouette + stay ? inForce.k : best.k, tried };
}

const STARTS = 3;
const SAMPLE_ROWS = 2_000;
