/**
 * The shortest decimal that reads back as the same float32, as a number: 0.1 for the float32 nearest to 0.1, where
 * JavaScript would print 0.10000000149011612.
 *
 * `String(shortFloat(x))` has at most nine significant digits, and `Math.fround(shortFloat(x)) === x` for every
 * float32 x; NaN and infinities come back as they are.
 */
export function shortFloat(x: number): number {
  const magnitude = Math.abs(x);
  const decimals = shortDecimals(magnitude);
  if (decimals < 0) return shortFloatByText(x);
  // Only whole numbers need no decimals, and they are short already; -0 stays what it is.
  if (decimals === 0) return x;
  const short = Math.round(magnitude * POWERS_OF_TEN[decimals]!) / POWERS_OF_TEN[decimals]!;
  return x < 0 ? -short : short;
}

/**
 * Digits after the point that a float32 needs to be read back; trailing zeros may be among them. Negative where the
 * number is so large, so small or so strange that its decimal is better made by other means.
 *
 * `Math.round(magnitude * 10 ** decimals)` is below 10^9, or is `magnitude` itself when decimals is 0.
 */
export function shortDecimals(magnitude: number): number {
  if (magnitude < 0x1000000 && magnitude === Math.floor(magnitude)) return 0;
  if (!(magnitude >= 1e-6 && magnitude < 1e6)) return -1;
  // Digits before the point; negative counts zeros after it.
  let whole = 0;
  while (whole < 6 && magnitude >= POWERS_OF_TEN[whole]!) whole++;
  while (whole > -5 && magnitude * POWERS_OF_TEN[1 - whole]! < 1) whole--;
  for (let decimals = 6 - whole; decimals <= 9 - whole; decimals++) {
    // Both are exact, an integer below 2^53 and a power of ten below 10^22, so the quotient is the double nearest to
    // that decimal and prints as it.
    const power = POWERS_OF_TEN[decimals]!;
    if (Math.fround(Math.round(magnitude * power) / power) === magnitude) return decimals;
  }
  return -1;
}

/** Exact as doubles up to 10^22. */
export const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

function shortFloatByText(x: number): number {
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return short;
  }
  return x;
}
