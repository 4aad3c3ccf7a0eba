import type { RowNeighbours } from './row-neighbours.js';

/**
 * The local outlier factor of each row (Breunig, Kriegel, Ng and Sander, 2000): how much denser its neighbours lie than it
 * does. About 1 within a cluster, whatever its density; above it for rows that lie apart.
 */
export function localOutlierFactors({ length, count, indices, distances }: RowNeighbours): Float64Array {
  const reach = (row: number): number => distances[(row + 1) * count - 1]!;
  const densities = new Float64Array(length);
  for (let row = 0; row < length; row++) {
    let sum = 0;
    for (let n = row * count; n < (row + 1) * count; n++) sum += Math.max(distances[n]!, reach(indices[n]!));
    // As scikit-learn: rows that lie on each other are very dense, and not infinitely.
    densities[row] = 1 / (sum / count + 1e-10);
  }
  return Float64Array.from(densities, (density, row) => {
    let sum = 0;
    for (let n = row * count; n < (row + 1) * count; n++) sum += densities[indices[n]!]!;
    return sum / count / density;
  });
}
