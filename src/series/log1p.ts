/**
 * Replaces each x of `values` by sign(x) · ln(1 + |x|), in place.
 *
 * `Math.log1p` is the slowest part of preparing a series, and exact to 53 bits of which a float32 keeps 24. Here the
 * exponent and the first six fraction bits of |x| choose a table entry c near x, and
 * ln(1 + x) = ln(1 + c) + ln(1 + r) with r = (x - c) / (1 + c), |r| < 2^-7, where three terms of the series of
 * ln(1 + r) leave less than 2^-30 (table-driven logarithm; Tang, ACM TOMS 16(4), 1990). The result is within 0.51 units
 * in the last place of float32 of the exact value, where correct rounding is 0.5.
 *
 * @param bits the same memory as `values`
 */
export function log1pInPlace(values: Float32Array, bits: Int32Array): void {
  const { centres, slopes, offsets } = table;
  for (let i = 0; i < values.length; i++) {
    const x = Math.abs(values[i]!);
    const entry = ((bits[i]! & 0x7fffffff) >>> FRACTION_SHIFT) - FIRST_ENTRY;
    let y: number;
    if (entry >= 0 && entry < ENTRIES) {
      const r = (x - centres[entry]!) * slopes[entry]!;
      y = offsets[entry]! + r * (1 - r * (0.5 - r * THIRD));
    } else {
      y = x < 1 ? x - 0.5 * x * x : Math.log1p(x);
    }
    values[i] = bits[i]! < 0 ? -y : y;
  }
}

/** The inverse of `log1pInPlace` for one value: sign(y) · (e^|y| - 1). */
export function signedExpm1(y: number): number {
  return y < 0 ? -Math.expm1(-y) : Math.expm1(y);
}

const THIRD = 1 / 3;
/** Fraction bits of a float32 (23) that do not choose the entry. */
const FRACTION_SHIFT = 17;
/** Below 2^-13, x - x²/2 is exact to 2^-27; from 2^40 on, the library's function will do: such usage is rare. */
const LEAST_EXPONENT = -13;
const MOST_EXPONENT = 40;
const FIRST_ENTRY = (LEAST_EXPONENT + 127) << (23 - FRACTION_SHIFT);
const ENTRIES = (MOST_EXPONENT - LEAST_EXPONENT) << (23 - FRACTION_SHIFT);
const table = createTable();

function createTable() {
  const centres = new Float64Array(ENTRIES);
  const slopes = new Float64Array(ENTRIES);
  const offsets = new Float64Array(ENTRIES);
  const bits = new Int32Array(1);
  const value = new Float32Array(bits.buffer);
  for (let entry = 0; entry < ENTRIES; entry++) {
    bits[0] = ((entry + FIRST_ENTRY) << FRACTION_SHIFT) | (1 << (FRACTION_SHIFT - 1)); // the middle of the entry's range
    centres[entry] = value[0]!;
    slopes[entry] = 1 / (1 + value[0]!);
    offsets[entry] = Math.log1p(value[0]!);
  }
  return { centres, slopes, offsets };
}
