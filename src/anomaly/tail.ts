import { quantileOf, shareAbove, type TDigest, weightOf } from './t-digest.js';

/** How rare a value is among usual ones. */
export interface Tail {
  /**
   * -log10 of the share of usual values that lie above this one: 3 is once in a thousand. Beyond the sample's 95th
   * percentile the tail is taken as exponential, so that values rarer than the sample is large can be told apart
   * (peaks over threshold with shape 0; Siffer et al., 2017, "Anomaly detection in streams with extreme value theory").
   */
  rarity(value: number): number;
  readonly median: number;
  /** Size of the sample. */
  readonly weight: number;
}

/** Where the exponential tail begins. */
const BODY = 0.95;

/** @param digest of a sample of usual values, not empty */
export function toTail(digest: TDigest): Tail {
  const start = quantileOf(digest, BODY);
  const { means, weights } = digest;
  let excess = 0;
  let above = 0;
  for (let i = 0; i < means.length; i++) {
    if (means[i]! <= start) continue;
    excess += weights[i]! * (means[i]! - start);
    above += weights[i]!;
  }
  // Where all usual values are alike, any other is rare; the floor keeps rounding from counting.
  const scale = Math.max(above > 0 ? excess / above : 0, 1e-6 * Math.max(1, Math.abs(start)));
  const atStart = -Math.log10(1 - BODY);
  return {
    rarity(value) {
      if (Number.isNaN(value)) return 0;
      if (value <= start) return -Math.log10(Math.max(1 - BODY, shareAbove(digest, value)));
      return atStart + (value - start) / scale / Math.LN10;
    },
    median: quantileOf(digest, 0.5),
    weight: weightOf(digest),
  };
}
