import { SegtideError } from '../errors.js';
import type { ClusterModel, Statistics } from './cluster-model.js';
import { toUnitRows } from './cluster-points.js';

export interface UpdateOptions {
  /**
   * Windows, over all segments, after which what was learnt counts half. Unset: nothing is forgotten, and centroids
   * settle for good.
   * @default undefined
   */
  readonly halfLife?: number | undefined;
  /**
   * Event time, in ms, after which what was learnt counts half, too. Both may be set: what fades by either is faded.
   * @default undefined
   */
  readonly halfLifeMs?: number | undefined;
  /** Event time since the update before, ms; one that runs backwards fades nothing. @default 0 */
  readonly elapsedMs?: number;
}

/**
 * Moves each centroid towards the mean of its new windows, by their share in all that it has learnt from: the
 * mini-batch rule of Sculley (2010), for a batch at a time, with the counts decayed by a half-life.
 *
 * c ← c + (sum − n c) / (w 2^(−N / halfLife − t / halfLifeMs) + n), where the centroid has n of the batch's N windows and
 * weight w, and t is the time that has passed.
 * Returns a new model of the next `centroidEpoch`; a centroid without windows stays where it is and loses weight.
 * Statistics that are not finite are refused: one such row would end its centroid.
 *
 * @throws SegtideError `state` when the statistics belong to another model version or shape.
 */
export function update(model: ClusterModel, statistics: Statistics, options: UpdateOptions = {}): ClusterModel {
  const { k, size } = model;
  if (statistics.modelVersion !== model.modelVersion || statistics.k !== k || statistics.size !== size) {
    throw new SegtideError(
      'state',
      `Statistics must belong to model ${model.modelVersion} (${k} × ${size}); got ${statistics.modelVersion} (${statistics.k} × ${statistics.size}). Drop and count them.`,
    );
  }
  const { halfLife = Number.POSITIVE_INFINITY, halfLifeMs = Number.POSITIVE_INFINITY, elapsedMs = 0 } = options;
  if (!(halfLife > 0)) {
    throw new SegtideError('config', `\`halfLife\` must be a positive number of windows; got ${halfLife}`);
  }
  if (!(halfLifeMs > 0)) {
    throw new SegtideError('config', `\`halfLifeMs\` must be a positive time in ms; got ${halfLifeMs}`);
  }
  if (!isFiniteSum(statistics)) {
    throw new SegtideError(
      'state',
      `Statistics of model ${model.modelVersion} hold numbers that are not finite. Drop and count them.`,
    );
  }
  let arrived = 0;
  for (let j = 0; j < k; j++) arrived += statistics.weights[j]!;
  const decay = 2 ** (-arrived / halfLife - Math.max(0, elapsedMs) / halfLifeMs);

  const centroids = model.centroids.slice();
  const weights = new Float64Array(k);
  let remembered = 0;
  for (let j = 0; j < k; j++) {
    const kept = model.weights[j]! * decay;
    const n = statistics.weights[j]!;
    remembered += kept;
    weights[j] = kept + n;
    if (n === 0) continue;
    const rate = 1 / (kept + n);
    for (let m = j * size, end = m + size; m < end; m++) {
      const c = model.centroids[m]!;
      centroids[m] = c + rate * (statistics.sums[m]! - n * c);
    }
  }
  const total = remembered + arrived;
  const before = model.meanInertia ?? (arrived > 0 ? statistics.inertia / arrived : 1);
  const meanInertia = total === 0 ? before : (before * remembered + statistics.inertia) / total;
  const placed = model.distance === 'cosine' ? toUnitRows(centroids, size) : centroids;
  return { ...model, centroidEpoch: model.centroidEpoch + 1, centroids: placed, weights, meanInertia };
}

/** Whether all of it is finite: what is not stays so in any sum. */
function isFiniteSum({ inertia, sums }: Statistics): boolean {
  let total = inertia;
  for (let m = 0; m < sums.length; m++) total += sums[m]!;
  return Number.isFinite(total);
}
