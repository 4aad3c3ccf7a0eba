import { NO_CENTROID } from '../refit-centroids.js';

/** Membership of a row that belongs to no cluster. */
export const NOISE = NO_CENTROID;

/** Rows in clusters, which are numbered from 0 by falling size. */
export interface Partition {
  /** Clusters that have rows. */
  readonly k: number;
  /** Cluster of each row, `NOISE` where it has none. */
  readonly membership: Uint16Array; // (length)
  /** How surely a row belongs to its cluster, in [0, 1], where the method says so; of noise 0. */
  readonly probabilities?: Float64Array; // (length)
  /** What the method tells of itself, such as its inertia or the passes that it took. */
  readonly facts: PartitionFacts;
}

export type PartitionFacts = Readonly<Record<string, number | string | boolean>>;

/** Most clusters that a membership can name. */
export const MOST_CLUSTERS = NOISE;

/**
 * Numbers clusters by falling size, of equal ones that of the earlier row first, and leaves out those without rows.
 *
 * @param membership cluster of each row by any numbers; below 0, or `NOISE`, is noise
 * @returns the partition, and the old number of each cluster
 */
export function toPartition(
  membership: ArrayLike<number>,
  facts: PartitionFacts,
  probabilities?: Float64Array,
): Partition & { readonly from: readonly number[] } {
  const sizes = new Map<number, number>();
  for (let i = 0; i < membership.length; i++) {
    const cluster = membership[i]!;
    if (cluster >= 0 && cluster !== NOISE) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  }
  // A map keeps the order of first appearance, and the sort is stable.
  const from = [...sizes.keys()].sort((a, b) => sizes.get(b)! - sizes.get(a)!);
  const numbers = new Map(from.map((cluster, number) => [cluster, number]));
  return {
    k: from.length,
    from,
    membership: Uint16Array.from({ length: membership.length }, (_, i) => numbers.get(membership[i]!) ?? NOISE),
    facts,
    ...(probabilities && { probabilities }),
  };
}

/** Rows of each cluster. */
export function clusterSizes({ k, membership }: Pick<Partition, 'k' | 'membership'>): Uint32Array {
  const sizes = new Uint32Array(k);
  for (const cluster of membership) if (cluster !== NOISE) sizes[cluster]! += 1;
  return sizes;
}
