import { addToHistogram, type Histogram } from '../numeric/histogram.js';
import { sum } from '../numeric/sum.js';
import type { DriftObservation } from './drift-observation.js';

/**
 * The reference's histogram of one coordinate as it would be at the current shares of segments: what shares explain is
 * in it, so that what differs from it has another cause.
 *
 * Each segment's own distribution is that of the reference's sample; it counts for the change of the segment's share
 * alone, so that while shares stand still the histogram is the whole reference's.
 */
export function shareAdjusted(
  { dimensions, segmentCounts, sample }: DriftObservation,
  current: Float64Array,
  dimension: number,
): Histogram {
  const whole = dimensions[dimension]!;
  const adjusted: Histogram = { ...whole, counts: whole.counts.slice() };
  const n = sum(segmentCounts);
  const m = sum(current);
  if (n === 0 || m === 0) return adjusted;
  const sampled = new Float64Array(segmentCounts.length);
  for (const segment of sample.segments) sampled[segment]! += 1;
  const change = segmentCounts.map((count, j) =>
    sampled[j]! === 0 ? 0 : (n * (current[j]! / m - count / n)) / sampled[j]!,
  );
  for (const [i, segment] of sample.segments.entries()) {
    addToHistogram(adjusted, sample.embeddings[i * sample.size + dimension]!, change[segment]!);
  }
  return withoutDebts(adjusted);
}

/** A sample may take more from a bin than the bin held. */
function withoutDebts(histogram: Histogram): Histogram {
  let count = 0;
  for (let bin = 0; bin < histogram.counts.length; bin++) {
    histogram.counts[bin] = Math.max(0, histogram.counts[bin]!);
    count += histogram.counts[bin]!;
  }
  return { ...histogram, count };
}
