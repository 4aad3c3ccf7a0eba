/** A symmetric positive matrix C = L Lᵀ, for what is measured under its inverse. */
export interface Cholesky {
  /** Half the logarithm of the determinant of C. */
  readonly halfLogDeterminant: number;
  /** xᵀ C⁻¹ x. Overwrites `x`. */
  squaredLength(x: Float64Array): number; // (size)
}

/**
 * Decomposes a symmetric matrix of which the lower half counts.
 *
 * @param matrix (size, size); becomes L in place
 * @returns undefined where it is not positive
 */
export function decomposeCholesky(matrix: Float64Array, size: number): Cholesky | undefined {
  let halfLogDeterminant = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let m = 0; m < j; m++) sum -= matrix[i * size + m]! * matrix[j * size + m]!;
      if (i > j) matrix[i * size + j] = sum / matrix[j * size + j]!;
      else if (sum > 0) matrix[i * size + i] = Math.sqrt(sum);
      else return undefined;
    }
    halfLogDeterminant += Math.log(matrix[i * size + i]!);
  }
  return {
    halfLogDeterminant,
    squaredLength: (x) => {
      let squared = 0;
      for (let i = 0; i < size; i++) {
        let sum = x[i]!;
        for (let m = 0; m < i; m++) sum -= matrix[i * size + m]! * x[m]!;
        x[i] = sum / matrix[i * size + i]!;
        squared += x[i]! * x[i]!;
      }
      return squared;
    },
  };
}
