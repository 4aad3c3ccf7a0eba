/**
 * Autocorrelation of a series at one lag, about its mean; cells that are NaN are left out pair by pair.
 *
 * Sums of products and of squares are averaged over their own numbers of terms, so that a long lag in a short series
 * is not pulled towards zero. Clipped to [-1, 1]; 0 for a constant series or one without pairs.
 */
export function autocorrelation(series: Float64Array, lag: number): number {
  const n = series.length;
  let sum = 0;
  let seen = 0;
  for (let i = 0; i < n; i++) {
    const x = series[i]!;
    if (!Number.isNaN(x)) {
      sum += x;
      seen++;
    }
  }
  if (seen === 0) return 0;
  const mean = sum / seen;
  let squares = 0;
  let products = 0;
  let pairs = 0;
  for (let i = 0; i < n; i++) {
    const x = series[i]! - mean;
    if (Number.isNaN(x)) continue;
    squares += x * x;
    const y = i + lag < n ? series[i + lag]! - mean : Number.NaN;
    if (!Number.isNaN(y)) {
      products += x * y;
      pairs++;
    }
  }
  const variance = squares / seen;
  // A constant series leaves rounding residue instead of an exact zero.
  if (pairs === 0 || variance <= 1e-20 * (1 + mean * mean)) return 0;
  return Math.max(-1, Math.min(1, products / pairs / variance));
}
