import type { References } from './expected-curve.js';
import type { IsolationForest } from './isolation-forest.js';
import type { TDigest } from './t-digest.js';

/**
 * What a window is measured by.
 * - `landmarks`: distance to the nearest fitted windows in the feature space of the views; unlike a place in the map it
 *   grows without bound.
 * - `reconstruction`: the VRAE's error.
 * - `centroid`: distance to the centroid of the customer's segment, as it was before the window where that is known.
 * - `isolation`: how easily a few cuts part the prepared series from others.
 * - `nearest`: distance to the fifth nearest usual window.
 * - `run`: the run of steps that deviates most from the nearest usual windows.
 * - `course`: the run of steps that deviates most from the course of the customer's segment.
 */
export const ANOMALY_PARTS = [
  'landmarks',
  'reconstruction',
  'centroid',
  'isolation',
  'nearest',
  'run',
  'course',
] as const;
export type AnomalyPart = (typeof ANOMALY_PARTS)[number];

/** What is fitted to tell usual windows from others; plain data. */
export interface AnomalyModel {
  readonly references: References;
  /** Standard deviation of usual windows from what was expected, cell by cell. */
  readonly spreads: Float32Array; // (cells)
  readonly forest: IsolationForest;
  /** Means and standard deviations of the segments' windows, cell by cell, in the order of the centroids. */
  readonly courses: Float32Array; // (k, cells)
  readonly courseSpreads: Float32Array; // (k, cells)
  /** What is usual of windows that are known from end to end, by the segment that they are in. */
  readonly whole: Usual;
  /** The same by the segment that the customer was in before; undefined where too few customers had a window before. */
  readonly known: Usual | undefined;
  /** Of windows that are still open, or whose customer came within them: by what needs no encoder. */
  readonly partial: Usual;
}

/** What parts and scores usually are, on windows that nothing was fitted to. */
export interface Usual {
  /** Over all windows; undefined for a part that is not measured. */
  readonly all: Readonly<Partial<Record<AnomalyPart, TDigest>>>;
  /** By segment, in the order of the centroids. */
  readonly segments: readonly Readonly<Partial<Record<AnomalyPart, TDigest>>>[];
  /** Of the parts together. */
  readonly score: TDigest;
}
