import { edgesOf, type Histogram } from '../numeric/histogram.js';
import type { ValueHistogram } from './drift-statistic-plugin.js';

/** Two histograms over the bins that either has something in. */
export function toValueHistograms(a: Histogram, b: Histogram): readonly [ValueHistogram, ValueHistogram] {
  const bins = Uint16Array.from(a.counts.keys()).filter((bin) => a.counts[bin]! > 0 || b.counts[bin]! > 0);
  const lower = Float64Array.from(bins, (bin) => edgesOf(bin)[0]);
  const upper = Float64Array.from(bins, (bin) => edgesOf(bin)[1]);
  const over = ({ counts, count, sum, sumSquares }: Histogram): ValueHistogram => {
    const mean = sum / count;
    return {
      ...{ count, mean, lower, upper },
      variance: Math.max(0, sumSquares / count - mean * mean),
      counts: Float64Array.from(bins, (bin) => counts[bin]!),
    };
  };
  return [over(a), over(b)];
}
