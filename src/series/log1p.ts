/**
 * Replaces each x of `values` by sign(x) · ln(1 + |x|), in place.
 *
 * `Math.log1p` is exact to 53 bits, of which a float32 keeps 24, and would take most of the time of preparing a series.
 * Here the exponent and the first six fraction bits of |x| choose a table entry c near x, and
 * ln(1 + x) = ln(1 + c) + ln(1 + r) with r = (x - c) / (1 + c), |r| < 2^-7; three terms of the series of ln(1 + r) leave
 * less than 2^-30 (table-driven logarithm; Tang, ACM TOMS 16(4), 1990). The result is within 0.52 units in the last
 * place of the exact value, where correct rounding is 0.5. There is no branch on x, as zeros come at random.
 *
 * @param values finite
 * @param bits the same memory as `values`
 */
export function log1pInPlace(values: Float32Array, bits: Int32Array): void {
  for (let i = 0; i < values.length; i++) {
    const word = bits[i]!;
    const entry = ((word & 0x7fffffff) >>> FRACTION_SHIFT) - BEFORE_TABLE;
    const at = (entry & ~(entry >> 31)) << 1; // entry 0 for all that is smaller
    const slope = table[at]!;
    const r = Math.abs(values[i]!) * slope + (slope - 1); // c / (1 + c) is 1 - slope
    const y = table[at + 1]! + r * (1 - r * (0.5 - r * THIRD));
    values[i] = word < 0 ? -y : y;
  }
}

/** The inverse of `log1pInPlace` for one value: sign(y) · (e^|y| - 1). */
export function signedExpm1(y: number): number {
  return y < 0 ? -Math.expm1(-y) : Math.expm1(y);
}

const THIRD = 1 / 3;
/** Fraction bits of a float32 (23) that do not choose the entry. */
const FRACTION_SHIFT = 17;
/** Below 2^-9 the series of ln(1 + x) itself is exact to 2^-29: entry 0 is c = 0. Entry 1 begins here. */
const LEAST_EXPONENT = -9;
const BEFORE_TABLE = ((LEAST_EXPONENT + 127) << (23 - FRACTION_SHIFT)) - 1;
/** Pairs of the slope 1 / (1 + c) and ln(1 + c). */
const table = createTable();

function createTable(): Float64Array {
  const entries = (0x7f800000 >>> FRACTION_SHIFT) - BEFORE_TABLE; // up to the largest finite float32
  const filled = new Float64Array(entries * 2);
  const bits = new Int32Array(1);
  const centre = new Float32Array(bits.buffer);
  filled[0] = 1;
  for (let entry = 1; entry < entries; entry++) {
    bits[0] = ((entry + BEFORE_TABLE) << FRACTION_SHIFT) | (1 << (FRACTION_SHIFT - 1)); // the middle of the entry's range
    const c = centre[0]!;
    filled[entry * 2] = 1 / (1 + c);
    filled[entry * 2 + 1] = Math.log1p(c);
  }
  return filled;
}
