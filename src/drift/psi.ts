/**
 * Population stability index of two samples in the same bins: Σ (p − q) ln(p / q), with p and q the shares of the
 * reference and the current sample. 0 when they are alike; by custom 0.1 is a small change and 0.2 a large one.
 *
 * Every bin of either sample gets `smoothing` more, so that an empty one gives a large value instead of an infinite
 * one. Between two samples of one distribution the expected value is about (bins − 1) (1 / n + 1 / m).
 *
 * @param reference counts, (bins)
 * @param current counts, (bins)
 * @param smoothing added to each count. @default 0.5
 */
export function psi(reference: Float64Array, current: Float64Array, smoothing = 0.5): number {
  let sum = 0;
  for (const term of psiTerms(reference, current, smoothing)) sum += term;
  return sum;
}

/** The bins' own parts of the sum; none is negative. All 0 when a sample is empty. */
export function psiTerms(reference: Float64Array, current: Float64Array, smoothing = 0.5): Float64Array {
  const bins = reference.length;
  const terms = new Float64Array(bins);
  const n = total(reference);
  const m = total(current);
  if (n === 0 || m === 0) return terms;
  for (let i = 0; i < bins; i++) {
    const p = (reference[i]! + smoothing) / (n + smoothing * bins);
    const q = (current[i]! + smoothing) / (m + smoothing * bins);
    terms[i] = p === q ? 0 : (p - q) * Math.log(p / q);
  }
  return terms;
}

function total(counts: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i]!;
  return sum;
}
