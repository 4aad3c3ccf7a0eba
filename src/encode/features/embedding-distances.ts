import { createValueOrder } from '../../numeric/value-order.js';
import type { ScoredSeries } from './scored-series.js';

/** The lag is at most this share of the steps. */
const MOST_LAG = 0.1;
/** Of distances, in standard deviations of the series, below which they count as equal. */
const EQUAL = 1e-12;
const EDGE_TOLERANCE = 1e-6;

/**
 * How far the distances between successive points (x_t, x_t+lag) are from an exponential distribution of the same mean:
 * the mean difference of the densities over the bins of a histogram: `CO_Embed2_Dist_tau_d_expfit_meandiff`. The lag is
 * the first zero of the autocorrelation. Undefined where all distances are equal.
 */
export function createEmbeddingDistances(steps: number): (series: ScoredSeries) => number {
  const distances = new Float64Array(steps);
  const order = createValueOrder(steps);
  const counts = new Int32Array(Math.max(steps, 64));

  return ({ values, firstZero }) => {
    const lag = firstZero > steps * MOST_LAG ? Math.floor(steps * MOST_LAG) : firstZero;
    const length = steps - lag - 1;
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const x = values[i + 1]! - values[i]!;
      const y = values[i + lag + 1]! - values[i + lag]!;
      const distance = Math.sqrt(x * x + y * y);
      distances[i] = distance;
      sum += distance;
    }
    const sorted = order.of(distances, length);
    const least = distances[sorted[0]!]!;
    const range = distances[sorted[length - 1]!]! - least;
    if (length < 2 || range < EQUAL) return Number.NaN;
    const bins = binCount(distances, sorted, length, range);
    const width = range / bins;
    counts.fill(0, 0, bins);
    for (let i = 0; i < length; i++) {
      counts[Math.min(bins - 1, ((distances[i]! - least) / width + EDGE_TOLERANCE) | 0)]!++;
    }
    return meanDifference(counts, bins, least, width, sum / length, length);
  };
}

/**
 * The rule of Sturges (1926), or that of Freedman and Diaconis (1981) where it gives more bins, which are at most as
 * many as distances.
 */
function binCount(distances: Float64Array, sorted: Uint32Array, length: number, range: number): number {
  const sturges = Math.ceil(Math.log2(length) + 1);
  const spread = quartile(distances, sorted, length, 3) - quartile(distances, sorted, length, 1);
  if (spread < EQUAL) return sturges;
  const freedmanDiaconis = Math.ceil((range * Math.cbrt(length)) / (2 * spread));
  return Math.max(sturges, Math.min(freedmanDiaconis, length));
}

function quartile(distances: Float64Array, sorted: Uint32Array, length: number, quarter: number): number {
  const place = Math.max(0, Math.min(length - 1, (length * quarter) / 4 - 0.5));
  const below = Math.floor(place);
  const lower = distances[sorted[below]!]!;
  return lower + (place - below) * (distances[sorted[Math.min(length - 1, below + 1)]!]! - lower);
}

function meanDifference(
  counts: Int32Array,
  bins: number,
  least: number,
  width: number,
  mean: number,
  length: number,
): number {
  let sum = 0;
  for (let bin = 0; bin < bins; bin++) {
    // Edges lie a little outwards, as those of `EvenBins`.
    const isLast = bin === bins - 1;
    const centre = least + width * (bin + 0.5 - (isLast ? 0 : EDGE_TOLERANCE));
    const density = counts[bin]! / (length * width * (isLast ? 1 + 2 * EDGE_TOLERANCE : 1));
    sum += Math.abs(density - Math.exp(-centre / mean) / mean);
  }
  return sum / bins;
}
