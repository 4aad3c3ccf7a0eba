import type { Statistics } from '../cluster/cluster-model.js';

/** First and second moments by segment. */
export type MomentsOfSegments = Pick<Statistics, 'k' | 'size' | 'weights' | 'sums' | 'sumSquares'>;

/** How far windows lie from where those of their segments lay before. */
export interface WithinShift {
  /** Root mean squared shift of the segments' means, in spreads within segments; 0 where chance explains it. */
  readonly value: number;
  /** The squared shift over its standard deviation by chance. */
  readonly significance: number;
}

/**
 * Shift of windows within their segments: the squared distance between each segment's mean now and before, in units of
 * the variance within segments, weighted by the segment's windows now, less what it is by chance.
 *
 * A change of shares alone, customers moving from one known segment to another, leaves it at 0; behaviour that the model
 * does not know lies elsewhere, whichever segment is nearest. Segments without windows before tell nothing.
 */
export function withinShift(before: MomentsOfSegments, now: MomentsOfSegments): WithinShift {
  const { k, size } = before;
  const variances = withinVariances(before);
  const variance = variances.reduce((sum, of) => sum + of, 0);
  if (!(variance > 0)) return { value: 0, significance: 0 };
  let windows = 0;
  let shift = 0;
  let byChance = 0;
  let deviation = 0;
  // How alike the coordinates' variances are: the fewer count, the more a sum over all of them varies.
  const concentration = variances.reduce((sum, of) => sum + (of / variance) ** 2, 0);
  for (let j = 0; j < k; j++) {
    const [n, m] = [now.weights[j]!, before.weights[j]!];
    if (n === 0 || m < 2) continue;
    let squared = 0;
    for (let c = j * size; c < (j + 1) * size; c++) squared += (now.sums[c]! / n - before.sums[c]! / m) ** 2;
    windows += n;
    shift += (n * squared) / variance;
    byChance += 1 + n / m;
    deviation += 2 * (1 + n / m) ** 2 * concentration;
  }
  if (windows === 0) return { value: 0, significance: 0 };
  const excess = Math.max(0, shift - byChance);
  return { value: Math.sqrt(excess / windows), significance: excess / Math.sqrt(deviation) };
}

/** Of each coordinate, pooled over segments. */
function withinVariances({ k, size, weights, sums, sumSquares }: MomentsOfSegments): Float64Array {
  const variances = new Float64Array(size);
  let freedom = 0;
  for (let j = 0; j < k; j++) {
    const n = weights[j]!;
    if (n < 2) continue;
    freedom += n - 1;
    for (let m = 0; m < size; m++) {
      const mean = sums[j * size + m]! / n;
      variances[m]! += Math.max(0, sumSquares[j * size + m]! - n * mean * mean);
    }
  }
  return freedom === 0 ? variances : variances.map((sum) => sum / freedom);
}
