import { normalizedMutualInformation } from '../cluster/normalized-mutual-information.js';
import { seedCentroids } from '../cluster/seed-centroids.js';
import { createRandom } from '../numeric/random.js';
import { sample } from '../numeric/sample.js';
import { takeRows } from '../numeric/take-rows.js';

/** What one view says of the windows. */
export interface ViewValues {
  /** Numbers of a window; 0 where the view says nothing. */
  readonly size: number;
  readonly values: Float32Array; // (length, size)
}

/** Numbers of segments that views are compared at: few, some, many. */
const SEGMENTS = [4, 8, 16] as const;
/** Windows that are compared at most. */
const MOST_WINDOWS = 1_500;
const STARTS = 3;

/**
 * How far each view agrees with the others: the normalised mutual information between the segments that k-means finds in
 * it and those that it finds in another view, in the mean over the other views and over 4, 8 and 16 segments.
 *
 * From 0 to 1. A view without numbers has 0, one that is alone has 1, and where no two agree at all each has 1.
 *
 * @param seed any integer; the same views and seed give the same agreement
 * @param onlooker what is held against the views, but no view itself: nothing is held against it
 * @returns of each view, and last of the onlooker where there is one
 */
export async function viewAgreement(
  views: readonly ViewValues[],
  length: number,
  seed: number,
  onlooker?: ViewValues,
): Promise<number[]> {
  const agreement = await agreementAmong(views, length, seed, onlooker);
  // Nothing speaks for one of them before the others.
  const telling = [...views.keys()].filter((view) => views[view]!.size > 0);
  if (telling.every((view) => !(agreement[view]! > 0))) for (const view of telling) agreement[view] = 1;
  return agreement;
}

async function agreementAmong(
  views: readonly ViewValues[],
  length: number,
  seed: number,
  onlooker: ViewValues | undefined,
): Promise<number[]> {
  const rows = sample(
    Uint32Array.from({ length }, (_, i) => i),
    MOST_WINDOWS,
    createRandom(seed),
  );
  const telling = [...views.keys()].filter((view) => views[view]!.size > 0);
  const all = onlooker === undefined ? views : [...views, onlooker];
  const agreement = all.map(() => 0);
  if (telling.length === 1) agreement[telling[0]!] = 1;
  const compared = onlooker === undefined ? telling : [...telling, views.length];
  if (telling.length === 0 || compared.length < 2) return agreement;
  const ks = SEGMENTS.filter((k, i) => i === 0 || 2 * k <= rows.length);
  for (const k of ks) {
    const found = new Map<number, Uint16Array>();
    for (const view of compared) {
      const { size, values } = all[view]!;
      found.set(
        view,
        (await seedCentroids(takeRows(values, size, rows), size, k, { seed, starts: STARTS })).membership,
      );
    }
    for (const view of compared) {
      const others = telling.filter((other) => other !== view);
      if (others.length === 0) continue;
      const sum = others.reduce((total, o) => total + normalizedMutualInformation(found.get(view)!, found.get(o)!), 0);
      agreement[view]! += sum / others.length / ks.length;
    }
  }
  return agreement;
}
