/**
 * Writes the squared Euclidean distances of one row to `k` centroids into `out`.
 *
 * Four centroids at a time, so that each coordinate is loaded once for four independent sums. Differences rather than
 * the expanded square: a row that lies on a centroid is at distance 0, however far both are from the origin.
 *
 * @param rows (n, size); the row begins at `offset`
 * @param centroids (k, size)
 * @param out (k)
 */
export function squaredDistances(
  rows: Float32Array | Float64Array,
  offset: number,
  centroids: Float64Array,
  k: number,
  size: number,
  out: Float64Array,
): void {
  let j = 0;
  for (; j + 3 < k; j += 4) {
    const a = j * size;
    const b = a + size;
    const c = b + size;
    const d = c + size;
    let sa = 0;
    let sb = 0;
    let sc = 0;
    let sd = 0;
    for (let m = 0; m < size; m++) {
      const x = rows[offset + m]!;
      const da = x - centroids[a + m]!;
      const db = x - centroids[b + m]!;
      const dc = x - centroids[c + m]!;
      const dd = x - centroids[d + m]!;
      sa += da * da;
      sb += db * db;
      sc += dc * dc;
      sd += dd * dd;
    }
    out[j] = sa;
    out[j + 1] = sb;
    out[j + 2] = sc;
    out[j + 3] = sd;
  }
  for (; j < k; j++) {
    const a = j * size;
    let s = 0;
    for (let m = 0; m < size; m++) {
      const d = rows[offset + m]! - centroids[a + m]!;
      s += d * d;
    }
    out[j] = s;
  }
}
