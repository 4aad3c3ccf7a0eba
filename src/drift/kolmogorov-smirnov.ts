import { HISTOGRAM_BINS, type Histogram } from '../numeric/histogram.js';

export interface KolmogorovSmirnov {
  /** Largest difference of the two distribution functions, in [0, 1]. */
  readonly statistic: number;
  /** Asymptotic probability of one as large between two independent samples of one distribution. */
  readonly pValue: number;
}

/** Two-sample Kolmogorov-Smirnov test. Values need no order; ties count once on both sides. */
export function kolmogorovSmirnov(reference: Float64Array, current: Float64Array): KolmogorovSmirnov {
  const a = reference.slice().sort();
  const b = current.slice().sort();
  const n = a.length;
  const m = b.length;
  let statistic = 0;
  for (let i = 0, j = 0; i < n && j < m; ) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < n && a[i] === value) i++;
    while (j < m && b[j] === value) j++;
    statistic = Math.max(statistic, Math.abs(i / n - j / m));
  }
  return { statistic, pValue: ksPValue(statistic, n, m) };
}

/**
 * The same between two histograms, at the edges of their bins: never more than the exact statistic, and less by at most
 * the share that one bin holds.
 */
export function histogramKolmogorovSmirnov(reference: Histogram, current: Histogram): KolmogorovSmirnov {
  const n = reference.count;
  const m = current.count;
  if (n === 0 || m === 0) return { statistic: 0, pValue: 1 };
  let below = 0;
  let currentBelow = 0;
  let statistic = 0;
  for (let bin = 0; bin < HISTOGRAM_BINS; bin++) {
    below += reference.counts[bin]!;
    currentBelow += current.counts[bin]!;
    statistic = Math.max(statistic, Math.abs(below / n - currentBelow / m));
  }
  return { statistic, pValue: ksPValue(statistic, n, m) };
}

/** Kolmogorov's distribution with the correction of Stephens (1970) for samples of size n and m. */
export function ksPValue(statistic: number, n: number, m: number): number {
  if (n === 0 || m === 0) return 1;
  const root = Math.sqrt((n * m) / (n + m));
  const x = (root + 0.12 + 0.11 / root) * statistic;
  // The alternating series converges slowly only where its value is 1 to within rounding.
  if (x < 0.2) return 1;
  let sum = 0;
  for (let j = 1; j <= 100; j++) {
    const term = Math.exp(-2 * j * j * x * x);
    sum += j % 2 === 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return Math.max(0, Math.min(1, 2 * sum));
}

/**
 * Probability of a statistic at least as large between two samples of `n` values each, exactly, for values without
 * ties (Gnedenko & Korolyuk, 1951): 2 Σ (-1)^(i + 1) C(2n, n + i h) / C(2n, n) with h = n times the statistic.
 */
export function exactKsPValue(statistic: number, n: number): number {
  const h = Math.round(statistic * n);
  if (h === 0) return 1;
  let sum = 0;
  let ratio = 1;
  for (let j = 1; j <= n; j++) {
    ratio *= (n - j + 1) / (n + j);
    if (j % h === 0) sum += (j / h) % 2 === 1 ? ratio : -ratio;
  }
  return Math.max(0, Math.min(1, 2 * sum));
}
