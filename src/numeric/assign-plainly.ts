import type { NearestTask } from './nearest-engine.js';
import { squaredDistances } from './squared-distances.js';

/**
 * Assigns points to their nearest centroids in plain typed arrays and double precision. A point that is not finite is at
 * centroid 0 with a distance of NaN, a margin of 0 and a confidence of 1 / count. Each row depends on its own point.
 */
export function assignPlainly(task: NearestTask): void {
  const { points, count, size, softness, nearest, distances, margins, confidences } = task;
  const centroids = new Float64Array(task.centroids);
  const squared = new Float64Array(count);
  for (let i = 0; i < nearest.length; i++) {
    squaredDistances(points, i * size, centroids, count, size, squared);
    let best = 0;
    let first = squared[0]!;
    let second = Number.POSITIVE_INFINITY;
    for (let j = 1; j < count; j++) {
      const d = squared[j]!;
      if (d < first) {
        second = first;
        first = d;
        best = j;
      } else if (d < second) {
        second = d;
      }
    }
    nearest[i] = best;
    if (!(first <= FARTHEST)) {
      nearest[i] = 0;
      distances[i] = Number.NaN;
      margins[i] = 0;
      confidences[i] = 1 / count;
      continue;
    }
    const distance = Math.sqrt(first);
    const runnerUp = Math.sqrt(second);
    distances[i] = distance;
    // Two centroids at distance 0 are a tie like any other: 0 / 0 would be NaN.
    margins[i] = second > FARTHEST ? 1 : runnerUp === 0 ? 0 : (runnerUp - distance) / runnerUp;
    let shares = 0;
    for (let j = 0; j < count; j++) {
      const excess = (squared[j]! - first) / softness;
      if (excess < NEGLIGIBLE) shares += Math.exp(-excess);
    }
    confidences[i] = 1 / shares;
  }
}

/** Squared distances beyond the largest number of single precision are infinite to kernels. */
const FARTHEST = (2 - 2 ** -23) * 2 ** 127;

/** exp(-20) is below what a float32 near 1 can tell, even fifty times over. */
const NEGLIGIBLE = 20;
