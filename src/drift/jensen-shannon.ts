/**
 * Jensen-Shannon distance of two samples in the same bins: the root of the mean of both shares' Kullback-Leibler
 * divergences from their middle, with logarithms to base 2. 0 when they are alike, 1 when no bin holds both. A metric
 * (Endres & Schindelin, 2003), and finite whatever bins are empty. 0 when a sample is empty.
 *
 * @param reference counts, (bins)
 * @param current counts, (bins)
 */
export function jensenShannon(reference: Float64Array, current: Float64Array): number {
  const n = total(reference);
  const m = total(current);
  if (n === 0 || m === 0) return 0;
  let sum = 0;
  for (let i = 0; i < reference.length; i++) {
    const p = reference[i]! / n;
    const q = current[i]! / m;
    const middle = (p + q) / 2;
    if (p > 0) sum += p * Math.log2(p / middle);
    if (q > 0) sum += q * Math.log2(q / middle);
  }
  return Math.sqrt(Math.max(0, sum / 2));
}

function total(counts: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i]!;
  return sum;
}
