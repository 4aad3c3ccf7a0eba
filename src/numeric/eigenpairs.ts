/** Eigenvalues of a symmetric matrix, the largest first, with an eigenvector each. */
export interface Eigenpairs {
  readonly values: Float64Array; // (count), descending
  readonly vectors: Float64Array; // (count, size), each of length 1
}

/**
 * Finds all eigenpairs of a symmetric matrix, by the decomposition of ml-matrix, which the first call loads.
 *
 * @param symmetric (size, size), finite; of each pair of mirrored cells the lower one counts
 */
export async function eigenpairs(symmetric: Float64Array, size: number): Promise<Eigenpairs> {
  const { EigenvalueDecomposition, Matrix } = await import('ml-matrix');
  const matrix = new Matrix(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      matrix.set(i, j, symmetric[i * size + j]!);
      matrix.set(j, i, symmetric[i * size + j]!);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const order = [...realEigenvalues.keys()].sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const vectors = new Float64Array(size * size);
  for (const [rank, column] of order.entries()) {
    for (let i = 0; i < size; i++) vectors[rank * size + i] = eigenvectorMatrix.get(i, column);
  }
  return { values: Float64Array.from(order, (i) => realEigenvalues[i]!), vectors };
}
