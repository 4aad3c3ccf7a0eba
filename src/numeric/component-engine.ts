/**
 * What an engine computes for principal components, where it has something faster than plain typed arrays. Every engine
 * that has it gives the same bits.
 */
export interface ComponentEngine {
  /** Adds up columns, or their squares about centers, in double precision. */
  addColumns(task: ColumnSums): void;
  /**
   * Adds up the products of every two features, each less its mean and times its weight: in single precision over 128
   * rows, in double precision over such sums.
   */
  addScatter(task: ScatterSums): void;
  /**
   * Finds the largest eigenpairs of a symmetric matrix, in double precision.
   *
   * @returns how many were found and written; 0 where no eigenvalue is positive, or a vector does not converge
   */
  leadingEigenpairs(task: EigenpairTask): number;
  /** Projects features, in single precision. Each row depends on itself alone. */
  project(task: ProjectionTask): void;
}

export interface ColumnSums {
  readonly values: Float32Array; // (rows, count)
  /** Undefined for the sums themselves. */
  readonly centers: Float64Array | undefined; // (count)
  /** What is added to. */
  readonly sums: Float64Array; // (count)
}

export interface ScatterSums {
  readonly values: Float32Array; // (rows, count)
  readonly means: Float64Array; // (count)
  readonly weights: Float64Array; // (count)
  /** What is added to. */
  readonly sums: Float64Array; // (count, count), symmetric
}

export interface EigenpairTask {
  readonly symmetric: Float64Array; // (size, size), finite; the lower half counts
  readonly size: number;
  /** Least eigenvalue that is wanted, beyond the first. */
  readonly least: number;
  /** The largest come first; as many are wanted as it has room for. */
  readonly values: Float64Array; // (most)
  readonly vectors: Float64Array; // (most, size), each of length 1
}

export interface ProjectionTask {
  readonly features: Float32Array; // (rows, count), or more rows
  readonly rows: number;
  /** Least and largest value of each feature, beyond which it is cut off; undefined where none is. */
  readonly bounds: Float32Array | undefined; // (2, count)
  readonly means: Float32Array; // (count)
  readonly projection: Float32Array; // (size, count)
  readonly size: number;
  /** Shares no memory with the others. */
  readonly out: Float32Array; // (rows, stride), or more rows; written from column `offset` on
  readonly offset: number;
  readonly stride: number;
}
