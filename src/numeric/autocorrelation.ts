/**
 * Correlation of a series with itself `lag` cells later, about the mean of the whole; cells that are NaN are left out
 * pair by pair.
 *
 * Products are held against the squares of the same pairs, so that neither a long lag in a short series nor a gap pulls
 * it towards zero. In [-1, 1]; 0 for a constant series or one without pairs.
 */
export function autocorrelation(series: Float64Array, lag: number): number {
  const n = series.length;
  let sum = 0;
  let seen = 0;
  for (let i = 0; i < n; i++) {
    const x = series[i]!;
    if (Number.isNaN(x)) continue;
    sum += x;
    seen++;
  }
  if (seen === 0) return 0;
  const mean = sum / seen;
  let products = 0;
  let squares = 0;
  let laggedSquares = 0;
  for (let i = 0; i + lag < n; i++) {
    const x = series[i]! - mean;
    const y = series[i + lag]! - mean;
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    products += x * y;
    squares += x * x;
    laggedSquares += y * y;
  }
  const scale = Math.sqrt(squares * laggedSquares);
  // A constant series leaves rounding residue instead of an exact zero.
  if (scale <= 1e-20 * n * (1 + mean * mean)) return 0;
  return Math.max(-1, Math.min(1, products / scale));
}
