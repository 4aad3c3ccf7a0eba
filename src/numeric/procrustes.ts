import type { Matrix } from 'ml-matrix';
import type { AffineMap } from './affine-map.js';

export interface ProcrustesOptions {
  /** Also stretches or shrinks all directions alike. @default false */
  readonly scale?: boolean;
}

export interface Procrustes {
  readonly map: AffineMap;
  /**
   * Root of the mean squared distance between mapped rows and their targets, over that of the targets from their mean: 0
   * where the map is exact, 1 where the mean alone would be as near. Without a unit.
   */
  readonly residual: number;
}

/**
 * Finds the rotation, with reflections, and the translation that take rows nearest to their targets by least squares:
 * orthogonal Procrustes (Schönemann, 1966), by the singular value decomposition of ml-matrix, which the first call loads.
 *
 * Where the targets have more dimensions, the rows are laid into them without distortion. Where they have fewer, the rows
 * are rotated against targets that are filled up with zeros, and what then lies outside is left out.
 *
 * Rows that are not finite, or whose target is not, are passed over.
 *
 * @param rows (n, inputs)
 * @param targets (n, outputs)
 * @returns undefined where fewer rows are left than would determine the map: one more than there are dimensions
 */
export async function procrustes(
  rows: Float32Array,
  inputs: number,
  targets: Float32Array,
  outputs: number,
  { scale = false }: ProcrustesOptions = {},
): Promise<Procrustes | undefined> {
  const usable = finiteInBoth(rows, inputs, targets, outputs);
  if (usable.length <= Math.max(inputs, outputs)) return undefined;
  const { Matrix, SingularValueDecomposition } = await import('ml-matrix');
  const toMatrix = (values: Float32Array, size: number): Matrix =>
    Matrix.from1DArray(usable.length, size, selectRows(values, size, usable));

  const x = toMatrix(rows, inputs);
  const y = toMatrix(targets, outputs);
  const xMean = x.mean('column');
  const yMean = y.mean('column');
  x.subRowVector(xMean);
  y.subRowVector(yMean);

  const decomposed = new SingularValueDecomposition(x.transpose().mmul(y), { autoTranspose: true });
  const matrix = decomposed.leftSingularVectors.mmul(decomposed.rightSingularVectors.transpose());
  const mapped = x.mmul(matrix);
  if (scale) {
    const factor = scaleOnto(mapped, y);
    matrix.mul(factor);
    mapped.mul(factor);
  }

  const offset = Matrix.rowVector(yMean).sub(Matrix.rowVector(xMean).mmul(matrix));
  const spread = y.norm();
  return {
    map: {
      inputs,
      outputs,
      matrix: Float64Array.from(matrix.to1DArray()),
      offset: Float64Array.from(offset.to1DArray()),
    },
    // Targets that are all the same leave nothing to explain, and have no spread to measure by.
    residual: spread > 0 ? y.sub(mapped).norm() / spread : 0,
  };
}

function finiteInBoth(rows: Float32Array, inputs: number, targets: Float32Array, outputs: number): number[] {
  const usable: number[] = [];
  for (let i = 0; i < rows.length / inputs; i++) {
    const row = rows.subarray(i * inputs, (i + 1) * inputs);
    const target = targets.subarray(i * outputs, (i + 1) * outputs);
    if (row.every(Number.isFinite) && target.every(Number.isFinite)) usable.push(i);
  }
  return usable;
}

function selectRows(values: Float32Array, size: number, rows: readonly number[]): Float64Array {
  const selected = new Float64Array(rows.length * size);
  for (const [at, row] of rows.entries()) selected.set(values.subarray(row * size, (row + 1) * size), at * size);
  return selected;
}

/** The factor on rotated rows that brings them nearest to their targets; 1 where the rows are all the same. */
function scaleOnto(rotated: Matrix, targets: Matrix): number {
  const squares = rotated.norm() ** 2;
  return squares > 0 ? rotated.dot(targets) / squares : 1;
}
