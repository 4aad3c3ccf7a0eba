/** Numbers of the same rows, row after row. */
export interface Points {
  readonly size: number;
  readonly values: Float32Array; // (rows, size)
}

/** Neighbours of a row that are looked for. */
const NEIGHBOURS = 10;

/**
 * How far a map keeps neighbourhoods: the part of each row's ten nearest rows in `described` that are among its ten
 * nearest in `mapped`, in the mean (the overlap of neighbourhoods of Lee and Verleysen, 2009, at ten). In [0, 1];
 * undefined for fewer than two rows. Costs rows² distances.
 *
 * Rows at the same distance as the tenth are taken by their order, so rows that are all alike agree wholly.
 *
 * @param described what the rows are like
 * @param mapped where they lie
 */
export function neighbourAgreement(described: Points, mapped: Points, rows: number): number | undefined {
  const k = Math.min(NEIGHBOURS, rows - 1);
  if (k < 1) return undefined;
  const distances = new Float64Array(rows);
  const isNear = new Uint8Array(rows);
  let shared = 0;
  for (let row = 0; row < rows; row++) {
    const near = nearest(described, row, rows, k, distances);
    for (const other of near) isNear[other] = 1;
    for (const other of nearest(mapped, row, rows, k, distances)) shared += isNear[other]!;
    for (const other of near) isNear[other] = 0;
  }
  return shared / (rows * k);
}

/** The k nearest other rows, the first of equal ones. */
function nearest({ values, size }: Points, row: number, rows: number, k: number, distances: Float64Array): Uint32Array {
  for (let other = 0; other < rows; other++) {
    let squared = 0;
    for (let m = 0; m < size; m++) {
      const d = values[row * size + m]! - values[other * size + m]!;
      squared += d * d;
    }
    distances[other] = squared;
  }
  const found = new Uint32Array(k);
  let count = 0;
  for (let other = 0; other < rows; other++) {
    if (other === row || (count === k && distances[other]! >= distances[found[k - 1]!]!)) continue;
    let at = count < k ? count++ : k - 1;
    while (at > 0 && distances[found[at - 1]!]! > distances[other]!) {
      found[at] = found[at - 1]!;
      at--;
    }
    found[at] = other;
  }
  return found;
}
