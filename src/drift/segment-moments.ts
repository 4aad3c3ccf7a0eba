/**
 * First and second moments of embeddings by segment, with two columns more: the distance to the nearest centroid and
 * the reconstruction error. They tell windows that changed within their segment from windows that changed segment.
 * Plain data.
 */
export interface SegmentMoments {
  readonly k: number;
  /** Coordinates of an embedding, then distance, then reconstruction error. */
  readonly columns: number;
  readonly counts: Float64Array; // (k)
  readonly sums: Float64Array; // (k, columns)
  readonly sumSquares: Float64Array; // (k, columns)
}

export function emptyMoments(k: number, size: number): SegmentMoments {
  const columns = size + 2;
  return {
    k,
    columns,
    counts: new Float64Array(k),
    sums: new Float64Array(k * columns),
    sumSquares: new Float64Array(k * columns),
  };
}

/** Where a window lies: its coordinates begin at the offset. */
export interface PlacedWindow {
  readonly segment: number;
  readonly points: Float32Array;
  readonly offset: number;
  readonly distance: number;
  readonly error: number;
}

/** Adds one window in place; a reconstruction error that is not finite counts as 0. */
export function addToMoments(
  { columns, counts, sums, sumSquares }: SegmentMoments,
  { segment, points, offset, distance, error }: PlacedWindow,
): void {
  counts[segment]! += 1;
  const at = segment * columns;
  const size = columns - 2;
  for (let m = 0; m < size; m++) {
    const x = points[offset + m]!;
    sums[at + m]! += x;
    sumSquares[at + m]! += x * x;
  }
  sums[at + size]! += distance;
  sumSquares[at + size]! += distance * distance;
  if (!Number.isFinite(error)) return;
  sums[at + size + 1]! += error;
  sumSquares[at + size + 1]! += error * error;
}

/** The moments of both sets of windows together. */
export function mergeMoments(a: SegmentMoments, b: SegmentMoments): SegmentMoments {
  const add = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, i) => value + y[i]!);
  return {
    k: a.k,
    columns: a.columns,
    counts: add(a.counts, b.counts),
    sums: add(a.sums, b.sums),
    sumSquares: add(a.sumSquares, b.sumSquares),
  };
}
