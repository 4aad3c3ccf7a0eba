/** What an engine computes for nearest centroids, where it has something faster than plain typed arrays. */
export interface NearestEngine {
  /** See `assignPlainly`; within single precision of it, and the same bits on the addon and on WebAssembly. */
  assignNearest(task: NearestTask): void;
}

/** Points, centroids, and where it is written what points are to them. */
export interface NearestTask {
  readonly points: Float32Array; // (rows, size)
  readonly centroids: Float32Array; // (count, size)
  /** At least 1, at most 65,535. */
  readonly count: number;
  readonly size: number;
  /** Squared distance by which a centroid's share falls to 1/e of the nearest one's; positive. */
  readonly softness: number;
  /** Nearest centroid, of equals the first. */
  readonly nearest: Uint16Array; // (rows)
  readonly distances: Float32Array; // (rows)
  /** (d2 - d1) / d2 of the distances to the nearest and the second nearest; 1 where there is no second. */
  readonly margins: Float32Array; // (rows)
  /** e^(-d1² / softness) over the sum of the same for all centroids. */
  readonly confidences: Float32Array; // (rows)
}

/** By what kernels multiply an excess of squared distance, so that its share is two to that power; finite. */
export function sharpnessOf({ softness }: NearestTask): number {
  return Math.max(-Math.LOG2E / softness, -LARGEST);
}

/** The largest number of single precision. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;
