import { edgesOf, HISTOGRAM_BINS, type Histogram } from '../numeric/histogram.js';
import type { ValueHistogram } from './drift-statistic-plugin.js';

/** Two histograms over the bins that either has something in. */
export function toValueHistograms(a: Histogram, b: Histogram): readonly [ValueHistogram, ValueHistogram] {
  const bins: number[] = [];
  for (let bin = 0; bin < HISTOGRAM_BINS; bin++) if (a.counts[bin]! > 0 || b.counts[bin]! > 0) bins.push(bin);
  const lower = new Float64Array(bins.length);
  const upper = new Float64Array(bins.length);
  for (let i = 0; i < bins.length; i++) [lower[i], upper[i]] = edgesOf(bins[i]!);
  const over = (histogram: Histogram): ValueHistogram => {
    const { count, sum, sumSquares } = histogram;
    const mean = sum / count;
    const counts = new Float64Array(bins.length);
    for (let i = 0; i < bins.length; i++) counts[i] = histogram.counts[bins[i]!]!;
    return { count, mean, variance: Math.max(0, sumSquares / count - mean * mean), lower, upper, counts };
  };
  return [over(a), over(b)];
}
