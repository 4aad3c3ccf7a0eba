import type { Abortable } from '../../numeric/abortable.js';
import { adjustedRandIndex } from '../adjusted-rand-index.js';
import { normalizedMutualInformation } from '../normalized-mutual-information.js';
import { silhouetteInParts } from '../silhouette.js';
import { calinskiHarabasz } from './calinski-harabasz.js';
import { daviesBouldin } from './davies-bouldin.js';
import type { Partition } from './partition.js';
import type { Points } from './points.js';

/** How good clusters are. The first three are null of fewer than two clusters, and leave noise out. */
export interface PartitionScores {
  /** In [-1, 1], more is better. */
  readonly silhouette: number | null;
  /** From 0, less is better. */
  readonly daviesBouldin: number | null;
  /** From 0, more is better. */
  readonly calinskiHarabasz: number | null;
  /** Agreement with labels, in which noise counts as a cluster; null without any. */
  readonly ari: number | null;
  readonly nmi: number | null;
}

export interface ScoreOptions {
  /** Class of each row, '' where it is unknown. */
  readonly labels?: readonly string[] | undefined;
  /** Draws the rows of the silhouette where there are more than 10,000. */
  readonly seed: number;
  readonly signal?: Abortable | undefined;
}

const SILHOUETTE_ROWS = 10_000;

export async function scorePartition(
  points: Points,
  partition: Partition,
  { labels, seed, signal }: ScoreOptions,
): Promise<PartitionScores> {
  const { k, membership } = partition;
  const agreement = agreementWith(membership, labels);
  if (k < 2) return { silhouette: null, daviesBouldin: null, calinskiHarabasz: null, ...agreement };
  const index = daviesBouldin(points, partition);
  return {
    silhouette: await silhouetteInParts(points.values, points.size, membership, {
      sample: SILHOUETTE_ROWS,
      seed,
      signal,
    }),
    daviesBouldin: Number.isFinite(index) ? index : null,
    calinskiHarabasz: calinskiHarabasz(points, partition),
    ...agreement,
  };
}

function agreementWith(membership: Uint16Array, labels: readonly string[] = []): Pick<PartitionScores, 'ari' | 'nmi'> {
  const rows = labels.flatMap((label, row) => (label === '' ? [] : [row]));
  if (rows.length === 0) return { ari: null, nmi: null };
  const truth = rows.map((row) => labels[row]);
  const found = rows.map((row) => membership[row]);
  return { ari: adjustedRandIndex(truth, found), nmi: normalizedMutualInformation(truth, found) };
}
