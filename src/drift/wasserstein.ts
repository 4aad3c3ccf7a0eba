import { HISTOGRAM_BINS, type Histogram, middleOf } from '../numeric/histogram.js';

/**
 * Wasserstein distance of order 1 between two samples: the least mean way, in the values' own unit, by which one is
 * moved to become the other. Values need no order. 0 when a sample is empty.
 */
export function wasserstein(reference: Float64Array, current: Float64Array): number {
  const a = reference.slice().sort();
  const b = current.slice().sort();
  const n = a.length;
  const m = b.length;
  if (n === 0 || m === 0) return 0;
  let sum = 0;
  let last = Math.min(a[0]!, b[0]!);
  for (let i = 0, j = 0; i < n || j < m; ) {
    const value = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    sum += Math.abs(i / n - j / m) * (value - last);
    last = value;
    while (i < n && a[i] === value) i++;
    while (j < m && b[j] === value) j++;
  }
  return sum;
}

/** The same between two histograms, with each value at the middle of its bin: right to half a bin's width a value. */
export function histogramWasserstein(reference: Histogram, current: Histogram): number {
  const n = reference.count;
  const m = current.count;
  if (n === 0 || m === 0) return 0;
  let sum = 0;
  let below = 0;
  let currentBelow = 0;
  let last: number | undefined;
  for (let bin = 0; bin < HISTOGRAM_BINS; bin++) {
    const before = reference.counts[bin]!;
    const now = current.counts[bin]!;
    if (before === 0 && now === 0) continue;
    const value = middleOf(bin);
    if (last !== undefined) sum += Math.abs(below / n - currentBelow / m) * (value - last);
    below += before;
    currentBelow += now;
    last = value;
  }
  return sum;
}

/** Standard deviation of a sample: what a distance is held against. 0 when it is empty. */
export function spreadOf({ count, sum, sumSquares }: Histogram): number {
  if (count === 0) return 0;
  const mean = sum / count;
  return Math.sqrt(Math.max(0, sumSquares / count - mean * mean));
}
