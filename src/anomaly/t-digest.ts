/**
 * A mergeable sketch of a distribution, finest at its ends: the merging t-digest (Dunning and Ertl, 2019, "Computing
 * extremely accurate quantiles using t-digests", scale function k1). Immutable: adding gives another one.
 */
export interface TDigest {
  /** Ascending. */
  readonly means: Float64Array; // (centroids)
  readonly weights: Float64Array; // (centroids)
}

/** Centroids of a digest are some 0.6 times as many. */
const COMPRESSION = 100;

export const EMPTY_DIGEST: TDigest = { means: new Float64Array(0), weights: new Float64Array(0) };

/** The digest of a sample; numbers that are not finite are left out. */
export function toDigest(values: ArrayLike<number>): TDigest {
  const means = Float64Array.from(values).filter(Number.isFinite).sort();
  return compress({ means, weights: new Float64Array(means.length).fill(1) });
}

/** The digest of both samples together. */
export function mergeDigests(a: TDigest, b: TDigest): TDigest {
  const count = a.means.length + b.means.length;
  const means = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let at = 0, i = 0, j = 0; at < count; at++) {
    const fromA = j >= b.means.length || (i < a.means.length && a.means[i]! <= b.means[j]!);
    means[at] = fromA ? a.means[i]! : b.means[j]!;
    weights[at] = fromA ? a.weights[i++]! : b.weights[j++]!;
  }
  return compress({ means, weights });
}

/** Size of the sample. */
export function weightOf({ weights }: TDigest): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}

/** The value below which a share `q` of the sample lies, linear between centroids; NaN of an empty digest. */
export function quantileOf({ means, weights }: TDigest, q: number): number {
  const { length } = means;
  if (length === 0) return Number.NaN;
  const target = q * weightOf({ means, weights });
  let below = 0;
  for (let i = 0; i < length; i++) {
    const middle = below + weights[i]! / 2;
    if (target < middle) {
      if (i === 0) return means[0]!;
      const before = below - weights[i - 1]! / 2;
      return means[i - 1]! + ((means[i]! - means[i - 1]!) * (target - before)) / (middle - before);
    }
    below += weights[i]!;
  }
  return means[length - 1]!;
}

/** Share of the sample above a value, from 0 to 1, linear between centroids; NaN of an empty digest. */
export function shareAbove({ means, weights }: TDigest, value: number): number {
  const { length } = means;
  if (length === 0) return Number.NaN;
  const total = weightOf({ means, weights });
  let below = 0;
  for (let i = 0; i < length; i++) {
    const middle = below + weights[i]! / 2;
    if (value < means[i]!) {
      if (i === 0) return 1;
      const before = below - weights[i - 1]! / 2;
      const part = (value - means[i - 1]!) / (means[i]! - means[i - 1]!);
      return 1 - (before + part * (middle - before)) / total;
    }
    below += weights[i]!;
  }
  return 0;
}

function compress({ means, weights }: TDigest): TDigest {
  const total = weightOf({ means, weights });
  const keptMeans: number[] = [];
  const keptWeights: number[] = [];
  let done = 0;
  let limit = total * shareAtScale(scaleOf(0) + 1);
  for (let i = 0; i < means.length; i++) {
    const last = keptWeights.length - 1;
    // The first and the last value stay by themselves: the ends of the sample are known.
    const fits = last > 0 && i < means.length - 1 && done + keptWeights[last]! + weights[i]! <= limit;
    if (fits) {
      keptWeights[last]! += weights[i]!;
      keptMeans[last]! += ((means[i]! - keptMeans[last]!) * weights[i]!) / keptWeights[last]!;
      continue;
    }
    if (last >= 0) done += keptWeights[last]!;
    limit = total * shareAtScale(scaleOf(done / total) + 1);
    keptMeans.push(means[i]!);
    keptWeights.push(weights[i]!);
  }
  return { means: Float64Array.from(keptMeans), weights: Float64Array.from(keptWeights) };
}

/** k1 of the paper: a centroid may span 1 of it. */
function scaleOf(share: number): number {
  return (COMPRESSION / (2 * Math.PI)) * Math.asin(2 * share - 1);
}

function shareAtScale(scale: number): number {
  return scale >= COMPRESSION / 4 ? 1 : (Math.sin((scale * 2 * Math.PI) / COMPRESSION) + 1) / 2;
}
