import type { Partition } from '../../cluster/offline/partition.js';
import { shortFloat } from '../../publish/short-float.js';
import type { AnomalyScores } from './cluster-report.js';
import type { ClusteredRows } from './clustered-rows.js';
import { clusterId } from './describe-clusters.js';

/** What came of the usable rows, by their places. */
export interface ClusterColumns {
  readonly partition: Partition;
  /** NaN for noise. */
  readonly distances: Float64Array;
  readonly anomalies?: readonly AnomalyScores[] | undefined;
}

/**
 * A line of JSON for each row of the input, in its order: n in, n out. Rows of no cluster say whether they are noise, or
 * could not be used.
 */
export function toClusterLines({ names, usable }: ClusteredRows, columns: ClusterColumns): string {
  const { partition, distances, anomalies } = columns;
  const places = new Map(Array.from(usable, (row, place) => [row, place]));
  const lines = names.map((name, row) => {
    const place = places.get(row);
    if (place === undefined) {
      return { ...name, status: 'unusable', cluster: null, distance: null, probability: null };
    }
    const cluster = clusterId(partition.membership[place]!);
    const probability = partition.probabilities?.[place];
    return {
      ...name,
      status: cluster === null ? 'noise' : 'clustered',
      cluster,
      distance: cluster === null ? null : shortFloat(Math.fround(distances[place]!)),
      probability: probability === undefined ? null : shortFloat(Math.fround(probability)),
      ...anomalies?.[place],
    };
  });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
