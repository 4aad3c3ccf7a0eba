// Row-major matrices as plain arrays. The products run over tiles of 3 x 4 results, so that seven loads feed twelve
// multiplications from registers; JavaScript has no wider way. Every result is summed in the same order whatever the
// tile it falls in: a row's result does not depend on how many rows there are.

/**
 * out = a · bᵀ, where a is (rows, inner), b is (columns, inner) and out is (rows, columns).
 *
 * Each sum runs over `inner` in order, from zero.
 */
export function multiplyTransposed(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  rows: number,
  columns: number,
  inner: number,
): void {
  const tiledRows = rows - (rows % TILE_ROWS);
  const tiledColumns = columns - (columns % TILE_COLUMNS);
  for (let j = 0; j < tiledColumns; j += TILE_COLUMNS) {
    const q0 = j * inner;
    const q1 = q0 + inner;
    const q2 = q1 + inner;
    const q3 = q2 + inner;
    for (let i = 0; i < tiledRows; i += TILE_ROWS) {
      const p0 = i * inner;
      const p1 = p0 + inner;
      const p2 = p1 + inner;
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s03 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s13 = 0;
      let s20 = 0;
      let s21 = 0;
      let s22 = 0;
      let s23 = 0;
      for (let k = 0; k < inner; k++) {
        const x0 = a[p0 + k]!;
        const x1 = a[p1 + k]!;
        const x2 = a[p2 + k]!;
        const y0 = b[q0 + k]!;
        const y1 = b[q1 + k]!;
        const y2 = b[q2 + k]!;
        const y3 = b[q3 + k]!;
        s00 += x0 * y0;
        s01 += x0 * y1;
        s02 += x0 * y2;
        s03 += x0 * y3;
        s10 += x1 * y0;
        s11 += x1 * y1;
        s12 += x1 * y2;
        s13 += x1 * y3;
        s20 += x2 * y0;
        s21 += x2 * y1;
        s22 += x2 * y2;
        s23 += x2 * y3;
      }
      const r0 = i * columns + j;
      const r1 = r0 + columns;
      const r2 = r1 + columns;
      out[r0] = s00;
      out[r0 + 1] = s01;
      out[r0 + 2] = s02;
      out[r0 + 3] = s03;
      out[r1] = s10;
      out[r1 + 1] = s11;
      out[r1 + 2] = s12;
      out[r1 + 3] = s13;
      out[r2] = s20;
      out[r2 + 1] = s21;
      out[r2 + 2] = s22;
      out[r2 + 3] = s23;
    }
    for (let i = tiledRows; i < rows; i++) {
      const p = i * inner;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = 0; k < inner; k++) {
        const x = a[p + k]!;
        s0 += x * b[q0 + k]!;
        s1 += x * b[q1 + k]!;
        s2 += x * b[q2 + k]!;
        s3 += x * b[q3 + k]!;
      }
      const r = i * columns + j;
      out[r] = s0;
      out[r + 1] = s1;
      out[r + 2] = s2;
      out[r + 3] = s3;
    }
  }
  for (let j = tiledColumns; j < columns; j++) {
    for (let i = 0; i < rows; i++) {
      let s = 0;
      for (let k = 0, p = i * inner, q = j * inner; k < inner; k++, p++, q++) s += a[p]! * b[q]!;
      out[i * columns + j] = s;
    }
  }
}

/**
 * out += aᵀ · b, where a is (rows, aColumns), b is (rows, bColumns) and out is (aColumns, bColumns): the sum of the
 * rows' outer products.
 */
export function addOuterProducts(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  rows: number,
  aColumns: number,
  bColumns: number,
): void {
  const tiledA = aColumns - (aColumns % TILE_COLUMNS);
  const tiledB = bColumns - (bColumns % TILE_ROWS);
  for (let i = 0; i < tiledA; i += TILE_COLUMNS) {
    for (let j = 0; j < tiledB; j += TILE_ROWS) {
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s20 = 0;
      let s21 = 0;
      let s22 = 0;
      let s30 = 0;
      let s31 = 0;
      let s32 = 0;
      for (let r = 0, p = i, q = j; r < rows; r++, p += aColumns, q += bColumns) {
        const x0 = a[p]!;
        const x1 = a[p + 1]!;
        const x2 = a[p + 2]!;
        const x3 = a[p + 3]!;
        const y0 = b[q]!;
        const y1 = b[q + 1]!;
        const y2 = b[q + 2]!;
        s00 += x0 * y0;
        s01 += x0 * y1;
        s02 += x0 * y2;
        s10 += x1 * y0;
        s11 += x1 * y1;
        s12 += x1 * y2;
        s20 += x2 * y0;
        s21 += x2 * y1;
        s22 += x2 * y2;
        s30 += x3 * y0;
        s31 += x3 * y1;
        s32 += x3 * y2;
      }
      const r0 = i * bColumns + j;
      const r1 = r0 + bColumns;
      const r2 = r1 + bColumns;
      const r3 = r2 + bColumns;
      out[r0]! += s00;
      out[r0 + 1]! += s01;
      out[r0 + 2]! += s02;
      out[r1]! += s10;
      out[r1 + 1]! += s11;
      out[r1 + 2]! += s12;
      out[r2]! += s20;
      out[r2 + 1]! += s21;
      out[r2 + 2]! += s22;
      out[r3]! += s30;
      out[r3 + 1]! += s31;
      out[r3 + 2]! += s32;
    }
  }
  for (let i = 0; i < aColumns; i++) {
    for (let j = i < tiledA ? tiledB : 0; j < bColumns; j++) {
      let s = 0;
      for (let r = 0, p = i, q = j; r < rows; r++, p += aColumns, q += bColumns) s += a[p]! * b[q]!;
      out[i * bColumns + j]! += s;
    }
  }
}

/** out = the first `kept` columns of a, transposed: a is (rows, columns), out is (kept, rows). */
export function transposeColumns(
  a: Float64Array,
  out: Float64Array,
  rows: number,
  columns: number,
  kept: number,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < kept; j++) out[j * rows + i] = a[i * columns + j]!;
  }
}

const TILE_ROWS = 3;
const TILE_COLUMNS = 4;
