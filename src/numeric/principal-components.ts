/** Directions of most variance, by descending variance. */
export interface PrincipalComponents {
  readonly count: number;
  readonly vectors: Float64Array; // (count, size), each of length 1
  readonly variances: Float64Array; // (count)
}

export interface PrincipalComponentOptions {
  /** Part of the whole variance that a component needs to be kept, in [0, 1]; the first is kept in any case. */
  readonly leastShare: number;
  /** How many are kept at most. */
  readonly most: number;
}

/**
 * Finds the eigenvectors of most variance, by the decomposition of ml-matrix, which the first call loads. Each vector's
 * sign is that which makes its largest component positive, so that equal data has equal components.
 *
 * @param covariance (size, size), symmetric, finite; or a Gram matrix
 * @returns none where there is no variance
 */
export async function principalComponents(
  covariance: ArrayLike<number>,
  size: number,
  { leastShare, most }: PrincipalComponentOptions,
): Promise<PrincipalComponents> {
  let total = 0;
  for (let i = 0; i < size; i++) total += covariance[i * size + i]!;
  if (!(total > 0)) return { count: 0, vectors: new Float64Array(0), variances: new Float64Array(0) };
  const { EigenvalueDecomposition, Matrix } = await import('ml-matrix');
  // Products round, and the decomposition asks for a matrix that equals its transpose.
  const symmetric = new Matrix(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = (covariance[i * size + j]! + covariance[j * size + i]!) / 2;
      symmetric.set(i, j, value);
      symmetric.set(j, i, value);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  const order = [...realEigenvalues.keys()].sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const kept = order.filter((i, rank) => rank < most && (rank === 0 || isKept(realEigenvalues[i]!, total, leastShare)));
  const vectors = new Float64Array(kept.length * size);
  for (const [rank, column] of kept.entries()) {
    const vector = vectors.subarray(rank * size, (rank + 1) * size);
    for (let i = 0; i < size; i++) vector[i] = eigenvectorMatrix.get(i, column);
    pointUp(vector);
  }
  return { count: kept.length, vectors, variances: Float64Array.from(kept, (i) => realEigenvalues[i]!) };
}

/** Below this part of the whole a variance is rounding. */
const ROUNDING = 1e-6;

function isKept(variance: number, total: number, leastShare: number): boolean {
  return variance >= total * Math.max(leastShare, ROUNDING);
}

function pointUp(vector: Float64Array): void {
  let largest = 0;
  for (let i = 1; i < vector.length; i++) if (Math.abs(vector[i]!) > Math.abs(vector[largest]!)) largest = i;
  if (vector[largest]! < 0) for (let i = 0; i < vector.length; i++) vector[i] = -vector[i]!;
}
