import type { CondensedTree } from './condense-tree.js';

/** Clusters of the tree that were taken, as rows see them. */
export interface DenseSelection {
  /** -1 for noise. */
  readonly membership: Int32Array; // (rows)
  readonly probabilities: Float64Array; // (rows)
}

/**
 * Takes the clusters of most stability, the sum over their rows of the densities through which they last: a cluster, or
 * those that came out of it where they have more. The first one, of all rows, is not taken.
 */
export function selectDense(tree: CondensedTree, rows: number): DenseSelection {
  const { parents, births, sizes, rowClusters, rowDensities } = tree;
  const clusters = parents.length;
  const stabilities = new Float64Array(clusters);
  for (let row = 0; row < rows; row++) {
    const cluster = rowClusters[row]!;
    stabilities[cluster]! += lasting(rowDensities[row]!, births[cluster]!);
  }
  for (let c = 1; c < clusters; c++) stabilities[parents[c]!]! += lasting(births[c]!, births[parents[c]!]!) * sizes[c]!;

  const below = new Float64Array(clusters);
  const isParent = new Uint8Array(clusters);
  const taken = new Uint8Array(clusters);
  for (let c = clusters - 1; c > 0; c--) {
    taken[c] = isParent[c] === 0 || stabilities[c]! >= below[c]! ? 1 : 0;
    below[parents[c]!]! += Math.max(stabilities[c]!, below[c]!);
    isParent[parents[c]!] = 1;
  }
  // Of a cluster that is taken, those that came out of it are part.
  const owners = new Int32Array(clusters).fill(-1);
  for (let c = 1; c < clusters; c++) {
    const above = owners[parents[c]!]!;
    owners[c] = above >= 0 ? above : taken[c] === 1 ? c : -1;
  }
  const densest = new Float64Array(clusters);
  for (let row = 0; row < rows; row++) {
    const cluster = rowClusters[row]!;
    densest[cluster] = Math.max(densest[cluster]!, rowDensities[row]!);
  }
  // A cluster that parts is at its densest where it does.
  for (let c = 1; c < clusters; c++) densest[parents[c]!] = Math.max(densest[parents[c]!]!, births[c]!);
  const membership = Int32Array.from(rowClusters, (cluster) => owners[cluster]!);
  const probabilities = Float64Array.from(rowDensities, (density, row) => {
    const owner = membership[row]!;
    if (owner < 0) return 0;
    const most = densest[owner]!;
    return density >= most ? 1 : density / most;
  });
  return { membership, probabilities };
}

/** Rows that lie on each other last for ever; for how long they did before is what counts. */
function lasting(density: number, birth: number): number {
  return density === birth ? 0 : density - birth;
}
