import type { Dendrogram } from './dendrogram.js';

/** A tree of clusters that lose rows, and part in two, as the density rises. Cluster 0 holds all rows. */
export interface CondensedTree {
  /** Cluster that each cluster came out of; -1 for the first. A cluster comes after its parent. */
  readonly parents: readonly number[]; // (clusters)
  /** Density, 1 / distance, at which each cluster begins. */
  readonly births: readonly number[]; // (clusters)
  readonly sizes: readonly number[]; // (clusters)
  /** Cluster that each row is lost by, and at which density. */
  readonly rowClusters: Uint32Array; // (rows)
  readonly rowDensities: Float64Array; // (rows)
}

/** Walks a tree of single linkage from the top: a split of which a side has too few rows is but a loss of rows. */
export function condenseTree({ leaves, lefts, rights, heights }: Dendrogram, minClusterSize: number): CondensedTree {
  const sizes = new Uint32Array(2 * leaves - 1).fill(1, 0, leaves);
  for (let i = 0; i < leaves - 1; i++) sizes[leaves + i] = sizes[lefts[i]!]! + sizes[rights[i]!]!;
  const parents = [-1];
  const births = [0];
  const clusterSizes = [leaves];
  const rowClusters = new Uint32Array(leaves);
  const rowDensities = new Float64Array(leaves);

  const lose = (node: number, cluster: number, density: number): void => {
    const below = [node];
    for (let at = below.pop(); at !== undefined; at = below.pop()) {
      if (at >= leaves) {
        below.push(lefts[at - leaves]!, rights[at - leaves]!);
        continue;
      }
      rowClusters[at] = cluster;
      rowDensities[at] = density;
    }
  };

  const open: [node: number, cluster: number][] = [[2 * leaves - 2, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, cluster] = next;
    if (node < leaves) {
      lose(node, cluster, Number.POSITIVE_INFINITY);
      continue;
    }
    const merge = node - leaves;
    const density = 1 / heights[merge]!;
    const sides = [lefts[merge]!, rights[merge]!];
    const large = sides.filter((side) => sizes[side]! >= minClusterSize);
    for (const side of sides) if (sizes[side]! < minClusterSize) lose(side, cluster, density);
    for (const side of large) {
      if (large.length === 1) {
        open.push([side, cluster]);
        continue;
      }
      parents.push(cluster);
      births.push(density);
      clusterSizes.push(sizes[side]!);
      open.push([side, parents.length - 1]);
    }
  }
  return { parents, births, sizes: clusterSizes, rowClusters, rowDensities };
}
