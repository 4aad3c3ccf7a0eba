/** Rows of numbers that are clustered as they are: embeddings, or prepared series end to end. */
export interface Points {
  readonly length: number;
  readonly size: number;
  /** Finite. */
  readonly values: Float32Array; // (length, size)
}

/** The squared Euclidean distance of two rows. */
export function squaredDistance({ values, size }: Points, i: number, j: number): number {
  const a = i * size;
  const b = j * size;
  let sum = 0;
  for (let m = 0; m < size; m++) {
    const difference = values[a + m]! - values[b + m]!;
    sum += difference * difference;
  }
  return sum;
}

/** Rows that differ from all before them, counted up to `most`. */
export function countDistinct({ values, size, length }: Points, most: number): number {
  const seen = new Set<string>();
  for (let i = 0; i < length && seen.size < most; i++) {
    // Adding 0 makes -0 equal to 0.
    const row = values.subarray(i * size, (i + 1) * size).map((value) => value + 0);
    seen.add(row.join());
  }
  return seen.size;
}

/** Chosen rows, in the order of `rows`, copied. */
export function takePoints({ values, size }: Points, rows: ArrayLike<number>): Points {
  const taken = new Float32Array(rows.length * size);
  for (let i = 0; i < rows.length; i++) taken.set(values.subarray(rows[i]! * size, (rows[i]! + 1) * size), i * size);
  return { length: rows.length, size, values: taken };
}
