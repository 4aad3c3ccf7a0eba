import { type Eigenpairs, eigenpairs } from './eigenpairs.js';
import { addOuterProducts, multiplyTransposed } from './matrix.js';
import { createRandom } from './random.js';

/** Vectors that are iterated beyond those wanted: the wanted ones converge the faster. */
const SPARE = 8;
/** Of fewer rows, times the vectors that are iterated, the whole decomposition costs less. */
const LEAST_BLOCKS = 4;
/** Products with the matrix in a round, and rounds until the whole decomposition would have cost less. */
const DEGREE = 5;
const ROUNDS = 9;
/** Largest part of an eigenvalue that its vector may leave over, |A v - value v|. */
const TOLERANCE = 1e-8;
/** Part of the largest eigenvalue below which another counts as nothing. */
const ROUNDING = 1e-6;

/**
 * Finds the largest eigenpairs of a symmetric matrix that has no large negative ones, a covariance say.
 *
 * Subspace iteration with a Chebyshev filter, which damps what lies below the block's least eigenvalue, and the
 * Rayleigh-Ritz step (Rutishauser, 1970, https://doi.org/10.1007/BF02219773). It starts from the same random vectors
 * each time, as many as are wanted and some: equal eigenvalues are found as often as they occur.
 *
 * @param symmetric (size, size), finite
 * @param most eigenpairs that may be wanted
 * @param wanted how many of the largest must be exact, at most `most`, given eigenvalues in descending order
 * @returns at least those wanted; undefined where `eigenpairs` is the better way: the matrix is small for `most`, or
 * its eigenvalues lie too close
 */
export async function leadingEigenpairs(
  symmetric: Float64Array,
  size: number,
  most: number,
  wanted: (values: Float64Array) => number,
): Promise<Eigenpairs | undefined> {
  const count = most + SPARE;
  if (size < LEAST_BLOCKS * count) return undefined;
  const random = createRandom(1);
  let block = Float64Array.from({ length: count * size }, () => random.normal());
  for (let round = 0; round < ROUNDS; round++) {
    makeOrthonormal(block, count, size);
    const product = new Float64Array(count * size);
    multiplyTransposed(block, symmetric, product, count, size, size);
    const projected = new Float64Array(count * count);
    multiplyTransposed(block, product, projected, count, count, size);
    const { values, vectors: rotation } = await eigenpairs(projected, count);
    const vectors = rotate(rotation, block, count, size);
    const products = rotate(rotation, product, count, size);
    if (!(values[0]! > 0)) return undefined;
    if (areExact({ values, vectors }, products, size, wanted(values))) return { values, vectors };
    block = filter(symmetric, size, vectors, products, Math.max(values[count - 1]!, ROUNDING * values[0]!));
  }
  return undefined;
}

/** Gram-Schmidt, twice, as once leaves what rounding made of nearly equal vectors. */
function makeOrthonormal(block: Float64Array, count: number, size: number): void {
  for (let i = 0; i < count; i++) {
    const row = block.subarray(i * size, (i + 1) * size);
    normalise(row);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = block.subarray(j * size, (j + 1) * size);
        let dot = 0;
        for (let m = 0; m < size; m++) dot += row[m]! * other[m]!;
        for (let m = 0; m < size; m++) row[m]! -= dot * other[m]!;
      }
      normalise(row);
    }
  }
}

function normalise(row: Float64Array): void {
  let squares = 0;
  for (let m = 0; m < row.length; m++) squares += row[m]! * row[m]!;
  const factor = 1 / Math.sqrt(squares);
  for (let m = 0; m < row.length; m++) row[m]! *= factor;
}

/** rotation · block. */
function rotate(rotation: Float64Array, block: Float64Array, count: number, size: number): Float64Array<ArrayBuffer> {
  const columns = new Float64Array(count * count);
  for (let i = 0; i < count; i++) for (let j = 0; j < count; j++) columns[j * count + i] = rotation[i * count + j]!;
  const out = new Float64Array(count * size);
  addOuterProducts(columns, block, out, count, count, size);
  return out;
}

function areExact({ values, vectors }: Eigenpairs, products: Float64Array, size: number, wanted: number): boolean {
  for (let i = 0; i < wanted; i++) {
    let squares = 0;
    for (let p = i * size; p < (i + 1) * size; p++) squares += (products[p]! - values[i]! * vectors[p]!) ** 2;
    if (!(Math.sqrt(squares) <= TOLERANCE * Math.max(values[i]!, ROUNDING * values[0]!))) return false;
  }
  return true;
}

/** The Chebyshev polynomial that stays within ±1 from 0 to `cut` and grows fastest beyond, of the matrix, times vectors. */
function filter(
  symmetric: Float64Array,
  size: number,
  vectors: Float64Array,
  products: Float64Array,
  cut: number,
): Float64Array<ArrayBuffer> {
  const count = vectors.length / size;
  let before = vectors;
  let last = products.map((product, p) => (2 / cut) * product - vectors[p]!);
  const product = new Float64Array(vectors.length);
  for (let degree = 1; degree < DEGREE; degree++) {
    multiplyTransposed(last, symmetric, product, count, size, size);
    const next = new Float64Array(vectors.length);
    for (let p = 0; p < next.length; p++) next[p] = 2 * ((2 / cut) * product[p]! - last[p]!) - before[p]!;
    before = last;
    last = next;
  }
  return last as Float64Array<ArrayBuffer>;
}
