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
export function countDistinct(points: Points, most: number): number {
  const seen = new Set<string>();
  for (let row = 0; row < points.length && seen.size < most; row++) seen.add(keyOf(points, row));
  return seen.size;
}

/** Rows of which each is the first of its like, and the place among them of the one that each row is like. */
export interface DistinctRows {
  readonly rows: readonly number[];
  readonly places: Uint32Array; // (length)
}

export function distinctRows(points: Points): DistinctRows {
  const seen = new Map<string, number>();
  const rows: number[] = [];
  const places = Uint32Array.from({ length: points.length }, (_, row) => {
    const key = keyOf(points, row);
    const place = seen.get(key) ?? rows.push(row) - 1;
    seen.set(key, place);
    return place;
  });
  return { rows, places };
}

/** Adding 0 makes -0 equal to 0. */
function keyOf({ values, size }: Points, row: number): string {
  return values
    .subarray(row * size, (row + 1) * size)
    .map((value) => value + 0)
    .join();
}

/** Chosen rows, in the order of `rows`, copied. */
export function takePoints({ values, size }: Points, rows: ArrayLike<number>): Points {
  const taken = new Float32Array(rows.length * size);
  for (let i = 0; i < rows.length; i++) taken.set(values.subarray(rows[i]! * size, (rows[i]! + 1) * size), i * size);
  return { length: rows.length, size, values: taken };
}
