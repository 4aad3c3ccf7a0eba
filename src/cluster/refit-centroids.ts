import { SegtideError } from '../errors.js';
import { squaredDistances } from '../numeric/squared-distances.js';

/** Centroids fitted to a set of rows. */
export interface CentroidFit {
  readonly k: number;
  readonly size: number;
  readonly centroids: Float32Array; // (k, size)
  /** Rows of each centroid. */
  readonly weights: Float64Array; // (k)
  /** Nearest centroid of each row; `NO_CENTROID` for rows that are not finite. */
  readonly membership: Uint16Array; // (rows)
  /** Sum of squared distances of the rows to their centroids. */
  readonly inertia: number;
  /** Rows that were fitted: all but those with a NaN or an infinity. */
  readonly rows: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** Centroids that ended without a row; they lie where they lay before. */
  readonly empty: readonly number[];
}

export interface RefitOptions {
  /** Most passes over the rows. @default 100 */
  readonly maxIterations?: number;
}

/** Membership of a row that has no centroid. */
export const NO_CENTROID = 0xffff;

/**
 * Fits centroids to rows by full k-means (Lloyd's rule, by ml-kmeans), starting from given ones. Row j of the result
 * grew out of row j of `start`.
 *
 * @param embeddings (rows, size)
 * @param start (k, size)
 * @throws SegtideError `encoder` when there are fewer usable rows than centroids, or a centroid is not finite.
 */
export async function refitCentroids(
  embeddings: Float32Array,
  size: number,
  start: Float32Array,
  options: RefitOptions = {},
): Promise<CentroidFit> {
  const k = start.length / size;
  if (!start.every(Number.isFinite)) {
    throw new SegtideError('encoder', 'Centroids to refit from must be finite; got NaN. Seed new ones instead.');
  }
  const usable = finiteRows(embeddings, size);
  if (usable.length < k || k === 0) {
    throw new SegtideError(
      'encoder',
      `k-means needs at least as many usable embeddings as centroids, ${k}; got ${usable.length} of ${embeddings.length / size}. Wait for more windows or ask for fewer segments.`,
    );
  }
  const { kmeans } = await import('ml-kmeans');
  const maxIterations = options.maxIterations ?? 100;
  const result = kmeans(toRows(embeddings, size, usable), k, {
    initialization: toRows(start, size, identity(k)),
    maxIterations,
  });
  const centroids = Float32Array.from(result.centroids.flat());
  return { ...membershipOf(embeddings, size, centroids), iterations: result.iterations, converged: result.converged };
}

/** Indices of the rows without NaN and infinities. */
export function finiteRows(embeddings: Float32Array, size: number): Uint32Array {
  const kept: number[] = [];
  for (let i = 0, rows = embeddings.length / size; i < rows; i++) {
    let finite = true;
    for (let m = i * size, end = m + size; m < end; m++) finite &&= Number.isFinite(embeddings[m]!);
    if (finite) kept.push(i);
  }
  return Uint32Array.from(kept);
}

/** Rows as ml-kmeans takes them. */
export function toRows(embeddings: Float32Array, size: number, indices: Uint32Array): number[][] {
  const rows: number[][] = new Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const at = indices[i]! * size;
    rows[i] = Array.from(embeddings.subarray(at, at + size));
  }
  return rows;
}

/** Nearest centroid, weights and inertia of rows under fixed centroids. */
export function membershipOf(
  embeddings: Float32Array,
  size: number,
  centroids: Float32Array,
): Omit<CentroidFit, 'iterations' | 'converged'> {
  const k = centroids.length / size;
  const total = embeddings.length / size;
  const exact = new Float64Array(centroids);
  const squared = new Float64Array(k);
  const weights = new Float64Array(k);
  const membership = new Uint16Array(total).fill(NO_CENTROID);
  let inertia = 0;
  let rows = 0;
  for (let i = 0; i < total; i++) {
    squaredDistances(embeddings, i * size, exact, k, size, squared);
    let best = 0;
    for (let j = 1; j < k; j++) if (squared[j]! < squared[best]!) best = j;
    if (!Number.isFinite(squared[best]!)) continue;
    membership[i] = best;
    weights[best]! += 1;
    inertia += squared[best]!;
    rows++;
  }
  const empty: number[] = [];
  for (let j = 0; j < k; j++) if (weights[j] === 0) empty.push(j);
  return { k, size, centroids, weights, membership, inertia, rows, empty };
}

function identity(n: number): Uint32Array {
  return Uint32Array.from({ length: n }, (_, i) => i);
}
