import { SegtideError } from '../errors.js';
import { createRandom } from '../numeric/random.js';
import { sample } from '../numeric/sample.js';
import { type CentroidFit, finiteRows, membershipOf, refitCentroids, toRows } from './refit-centroids.js';

export interface SeedOptions {
  /** Any integer; the same seed on the same rows gives the same centroids. */
  readonly seed: number;
  /** Independent starts, of which that of least inertia wins. @default 10 */
  readonly starts?: number;
  /** Most rows that the starts look at, drawn by the seed; the winner is then fitted to all rows. @default 10_000 */
  readonly sampleRows?: number;
  /** Most passes over the rows, of each start and of the last fit. @default 100 */
  readonly maxIterations?: number;
}

export interface SeededCentroids extends CentroidFit {
  /** Segments that were asked for; `k` is less when there are fewer distinct rows. */
  readonly requestedK: number;
  /** Inertia of each start on the sample, in the order of the starts; NaN for one that failed. */
  readonly startInertias: readonly number[];
}

/**
 * Finds `k` centroids without any to start from: k-means++ (Arthur & Vassilvitskii, 2007) and full k-means by
 * ml-kmeans from several seeded starts, of which the one of least inertia wins.
 *
 * Rows with NaN or infinities are left out. With fewer than `k` distinct rows there are only as many centroids.
 *
 * @param embeddings (rows, size)
 * @throws SegtideError `encoder` when no row is usable; `config` when an option is out of range.
 */
export async function seedCentroids(
  embeddings: Float32Array,
  size: number,
  k: number,
  options: SeedOptions,
): Promise<SeededCentroids> {
  const { starts, sampleRows, maxIterations } = resolveSeedOptions(k, options);
  const usable = finiteRows(embeddings, size);
  if (usable.length === 0) {
    throw new SegtideError(
      'encoder',
      `Segments can't be found without usable embeddings; got ${embeddings.length / size} rows, none of them finite. Check the encoder's training.`,
    );
  }
  const random = createRandom(options.seed);
  const drawn = sample(usable, sampleRows, random);
  const found = distinctRows(embeddings, size, drawn, k);
  // A sample may miss a rare row that would make up the number.
  const distinct =
    found.length <= k && drawn.length < usable.length ? distinctRows(embeddings, size, usable, k) : found;
  if (distinct.length <= k) {
    const exact = Float32Array.from(toRows(embeddings, size, distinct).flat());
    const fit = membershipOf(embeddings, size, exact);
    return { ...fit, iterations: 0, converged: true, requestedK: k, startInertias: [] };
  }

  const { kmeans } = await import('ml-kmeans');
  const rows = toRows(embeddings, size, drawn);
  const rowsFlat = Float32Array.from(rows.flat());
  let best: { readonly inertia: number; readonly centroids: Float32Array } | undefined;
  const startInertias: number[] = [];
  for (let start = 0; start < starts; start++) {
    const seed = random.below(0x7fffffff);
    let centroids: Float32Array;
    try {
      centroids = Float32Array.from(kmeans(rows, k, { seed, maxIterations }).centroids.flat());
    } catch {
      // k-means++ draws by cumulated probabilities; rounding can leave one draw past their end. The other starts stand.
      startInertias.push(Number.NaN);
      continue;
    }
    const { inertia } = membershipOf(rowsFlat, size, centroids);
    startInertias.push(inertia);
    if (best === undefined || inertia < best.inertia) best = { inertia, centroids };
  }
  const from = best?.centroids ?? Float32Array.from(toRows(embeddings, size, distinct.subarray(0, k)).flat());
  const fit = await refitCentroids(embeddings, size, from, { maxIterations });
  return { ...fit, requestedK: k, startInertias };
}

function resolveSeedOptions(k: number, options: SeedOptions): Required<SeedOptions> {
  const { seed, starts = 10, sampleRows = 10_000, maxIterations = 100 } = options;
  if (!Number.isInteger(k) || k < 1 || k > 65_534) {
    throw new SegtideError('config', `\`k\` must be a whole number from 1 to 65534; got ${k}`);
  }
  if (!Number.isInteger(starts) || starts < 1) {
    throw new SegtideError('config', `\`starts\` must be a whole number of at least 1; got ${starts}`);
  }
  if (!Number.isInteger(sampleRows) || sampleRows < 1) {
    throw new SegtideError('config', `\`sampleRows\` must be a whole number of at least 1; got ${sampleRows}`);
  }
  return { seed, starts, sampleRows: Math.max(sampleRows, 10 * k), maxIterations };
}

/** The first of each set of equal rows, and no more than `k + 1` of them: enough to know whether there are `k`. */
function distinctRows(embeddings: Float32Array, size: number, indices: Uint32Array, k: number): Uint32Array {
  const seen = new Set<string>();
  const first: number[] = [];
  for (let i = 0; i < indices.length && first.length <= k; i++) {
    const at = indices[i]! * size;
    // Adding 0 makes -0 equal to 0.
    const key = embeddings
      .subarray(at, at + size)
      .map(plusZero)
      .join();
    if (seen.has(key)) continue;
    seen.add(key);
    first.push(indices[i]!);
  }
  return Uint32Array.from(first);
}

function plusZero(x: number): number {
  return x + 0;
}
