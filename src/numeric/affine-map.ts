/** Takes a point to another space: y = x · matrix + offset. */
export interface AffineMap {
  readonly inputs: number;
  readonly outputs: number;
  readonly matrix: Float64Array; // (inputs, outputs)
  readonly offset: Float64Array; // (outputs)
}

/**
 * Maps every row.
 *
 * @param rows (n, inputs)
 * @returns (n, outputs)
 */
export function mapRows({ inputs, outputs, matrix, offset }: AffineMap, rows: Float32Array): Float32Array {
  const n = rows.length / inputs;
  const mapped = new Float32Array(n * outputs);
  const row = new Float64Array(outputs);
  for (let i = 0; i < n; i++) {
    row.set(offset);
    for (let a = 0; a < inputs; a++) {
      const x = rows[i * inputs + a]!;
      for (let b = 0; b < outputs; b++) row[b]! += x * matrix[a * outputs + b]!;
    }
    mapped.set(row, i * outputs);
  }
  return mapped;
}
