/**
 * The shortest decimal that reads back as the same float32, as a number: 0.1 for the float32 nearest to 0.1, where
 * JavaScript would print 0.10000000149011612.
 *
 * `String(shortFloat(x))` has at most nine significant digits, and `Math.fround(shortFloat(x)) === x` for every
 * float32 x; NaN and infinities come back as they are.
 */
export function shortFloat(x: number): number {
  const magnitude = Math.abs(x);
  // Small whole numbers are their own shortest form; zero has no first digit to count from.
  if (magnitude < 0x1000000 && magnitude === Math.floor(magnitude)) return x;
  if (!(magnitude >= 1e-6 && magnitude < 1e6)) return shortFloatByText(x);
  // Digits before the point; negative counts zeros after it.
  let whole = 0;
  while (whole < 6 && magnitude >= POWERS[whole]!) whole++;
  while (whole > -5 && magnitude * POWERS[-whole + 1]! < 1) whole--;
  for (let digits = 6; digits <= 9; digits++) {
    // Both are exact, an integer below 2^53 and a power of ten below 1e22, so the quotient is the double nearest to
    // that decimal and prints as it.
    const power = POWERS[digits - whole]!;
    const short = Math.round(x * power) / power;
    if (Math.fround(short) === x) return short;
  }
  return shortFloatByText(x);
}

const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

function shortFloatByText(x: number): number {
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return short;
  }
  return x;
}
