import { type CentroidFit, membershipOf, refitCentroids } from './refit-centroids.js';
import type { GainElsewhere } from './regrouping-gain.js';

export interface SettleOptions {
  /** Fits from new starts. */
  readonly anew: () => Promise<CentroidFit>;
  /** How much more than the least inertia of the grown ones is as good: 0.05 is 5 %. @default 0.05 */
  readonly tolerance?: number;
  /** Inertia of those from new starts, as part of the grown ones', up to which they are taken. @default 0.75 */
  readonly better?: number;
  /** Where further passes and new starts must be better by as much. @default nowhere else */
  readonly gainElsewhere?: GainElsewhere | undefined;
}

/** Passes of Lloyd's rule after which the centroids are looked at; the last are as many as `refitCentroids` takes. */
const PASSES = [1, 2, 4, 8, 100] as const;

/**
 * Finds centroids that fit and leave rows where they are: of those that grow out of `start` by more and more passes of
 * k-means, the first whose inertia is within the tolerance of the least; and those from new starts where these are better by
 * a quarter, as after a change of what customers do.
 *
 * K-means has many solutions that are about as good, and where the rows form fewer groups than there are centroids, it
 * goes from one to another with any change of the rows. Of equals that is taken which moves the fewest.
 *
 * @param start (k, size); row j of the result grew out of row j, unless it was fitted anew
 * @throws SegtideError `encoder` when there are fewer usable rows than centroids, or a centroid is not finite
 */
export async function settleCentroids(
  embeddings: Float32Array,
  size: number,
  start: Float32Array,
  { anew, tolerance = 0.05, better = 0.75, gainElsewhere }: SettleOptions,
): Promise<CentroidFit> {
  const grown: CentroidFit[] = [{ ...membershipOf(embeddings, size, start), iterations: 0, converged: false }];
  for (const maxIterations of PASSES) {
    grown.push(await refitCentroids(embeddings, size, start, { maxIterations }));
    if (grown.at(-1)!.converged) break;
  }
  // A centroid without rows would be a segment that nobody is in.
  const whole = grown.filter(({ empty }) => empty.length === 0);
  const least = whole.reduce((most, { inertia }) => Math.min(most, inertia), Number.POSITIVE_INFINITY);
  const grownEnough = whole.find(({ inertia }) => inertia <= (1 + tolerance) * least);
  const seeded = await anew();
  if (grownEnough === undefined) return seeded;
  const gains = async (before: CentroidFit, after: CentroidFit, share: number): Promise<boolean> =>
    gainElsewhere === undefined || (await gainElsewhere(before.membership, after.membership)) >= share;
  const nearest = whole[0]!;
  const settled = grownEnough === nearest || (await gains(nearest, grownEnough, tolerance)) ? grownEnough : nearest;
  const isBetter = seeded.inertia <= better * settled.inertia && (await gains(settled, seeded, 1 - better));
  return isBetter ? seeded : settled;
}
