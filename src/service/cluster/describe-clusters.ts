import { centersOf } from '../../cluster/offline/centers.js';
import { NOISE, type Partition } from '../../cluster/offline/partition.js';
import type { ClusterSummary } from './cluster-report.js';
import type { ClusteredRows } from './clustered-rows.js';

/** Id of a cluster; null for noise. */
export function clusterId(cluster: number): string | null {
  return cluster === NOISE ? null : `c${cluster + 1}`;
}

/** Clusters as people look at them: size, spread, the row in the middle, and the mean curve. */
export function describeClusters(
  { names, usable, points, curves }: ClusteredRows,
  partition: Partition,
): { readonly clusters: readonly ClusterSummary[]; readonly distances: Float64Array } {
  const { sizes, distances } = centersOf(points, partition);
  const totals = new Float64Array(partition.k);
  const nearest = new Int32Array(partition.k).fill(-1);
  for (const [i, cluster] of partition.membership.entries()) {
    if (cluster === NOISE) continue;
    totals[cluster]! += distances[i]!;
    const former = nearest[cluster]!;
    if (former < 0 || distances[i]! < distances[former]!) nearest[cluster] = i;
  }
  const clusters = Array.from(sizes, (rows, cluster) => ({
    cluster: clusterId(cluster)!,
    rows,
    meanDistance: totals[cluster]! / rows,
    nearest: names[usable[nearest[cluster]!]!]!,
    prototype: curves === undefined ? null : meanCurve(curves, partition.membership, cluster),
  }));
  return { clusters, distances };
}

function meanCurve(
  { steps, values }: NonNullable<ClusteredRows['curves']>,
  membership: Uint16Array,
  cluster: number,
): (number | null)[] {
  const sums = new Float64Array(steps);
  const counts = new Uint32Array(steps);
  for (const [i, own] of membership.entries()) {
    if (own !== cluster) continue;
    for (let step = 0; step < steps; step++) {
      const value = values[i * steps + step]!;
      if (Number.isNaN(value)) continue;
      sums[step]! += value;
      counts[step]! += 1;
    }
  }
  return Array.from(sums, (sum, step) => (counts[step] === 0 ? null : sum / counts[step]!));
}
