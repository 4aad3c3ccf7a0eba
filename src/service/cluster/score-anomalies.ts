import { fitIsolationForest, isolationScore } from '../../anomaly/isolation-forest.js';
import { localOutlierFactors } from '../../cluster/offline/local-outlier-factor.js';
import { distinctRows, type Points, takePoints } from '../../cluster/offline/points.js';
import { findRowNeighbours, type RowNeighbours } from '../../cluster/offline/row-neighbours.js';
import { SegtideError } from '../../errors.js';
import type { Abortable } from '../../numeric/abortable.js';
import { createRandom } from '../../numeric/random.js';
import type { AnomalyScores } from './cluster-report.js';

/** Rows that are compared with each other at most. */
const MOST_ROWS = 50_000;

/**
 * How far each row stands out from all.
 *
 * @param neighbours that each row is compared with
 * @throws SegtideError `config` where there are too many rows, `aborted` on request
 */
export async function scoreAnomalies(
  points: Points,
  neighbours: number,
  seed: number,
  signal?: Abortable,
): Promise<AnomalyScores[]> {
  const { length, size, values } = points;
  if (length > MOST_ROWS) {
    const text = `anomaly scores compare every window with every other: at most ${MOST_ROWS} windows; got ${length}. Leave out --anomalies, or give fewer.`;
    throw new SegtideError('config', text);
  }
  const nearest = await findRowNeighbours(points, neighbours, signal);
  const factors = await outlierFactors(points, nearest, neighbours, signal);
  const forest = fitIsolationForest(values, length, size, createRandom(seed));
  return Array.from(factors, (lof, row) => {
    const own = nearest.distances.subarray(row * nearest.count, (row + 1) * nearest.count);
    return {
      knn: Math.fround(own.reduce((sum, distance) => sum + distance, 0) / nearest.count),
      isolation: Math.fround(isolationScore(forest, values, row * size)),
      lof: Math.fround(lof),
    };
  });
}

/**
 * Rows that are all alike, such as windows without usage, would be infinitely dense, and whatever is near them an outlier
 * beyond all measure: the factor is taken among rows that differ, as its authors propose, and likes have the same.
 */
async function outlierFactors(
  points: Points,
  nearest: RowNeighbours,
  neighbours: number,
  signal: Abortable | undefined,
): Promise<Float64Array> {
  const { rows, places } = distinctRows(points);
  if (rows.length === points.length) return localOutlierFactors(nearest);
  if (rows.length === 1) return new Float64Array(points.length).fill(1);
  const factors = localOutlierFactors(await findRowNeighbours(takePoints(points, rows), neighbours, signal));
  return Float64Array.from(places, (place) => factors[place]!);
}
