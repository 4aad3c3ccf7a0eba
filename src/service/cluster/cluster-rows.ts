import { createPartitioner, type Partitioner } from '../../cluster/offline/create-partitioner.js';
import { METHOD_TRAITS, type MethodSettings } from '../../cluster/offline/method.js';
import type { Partition } from '../../cluster/offline/partition.js';
import { type PartitionScores, scorePartition } from '../../cluster/offline/score-partition.js';
import { SegtideError } from '../../errors.js';
import type { Abortable } from '../../numeric/abortable.js';
import type { SweptK } from './cluster-report.js';
import type { ClusteredRows } from './clustered-rows.js';

/** Numbers of clusters to try, both included. */
export interface KRange {
  readonly from: number;
  readonly to: number;
}

export interface ClusterRowsOptions {
  readonly settings: MethodSettings;
  /** @default as many as there are classes, else 2 to 10 */
  readonly k?: KRange | undefined;
  /** Milliseconds of any clock. */
  readonly now: () => number;
  readonly onTried?: ((tried: SweptK) => void) | undefined;
  readonly signal?: Abortable | undefined;
}

/** Clusters of rows, and how they came to be as many. */
export interface ClusteredPartition {
  readonly partition: Partition;
  readonly scores: PartitionScores;
  readonly kAsked: number | null;
  /** Most clusters of a range that was asked for; null without one. */
  readonly kTo: number | null;
  readonly kFrom: 'option' | 'labels' | 'silhouette' | 'density';
  readonly sweep: readonly SweptK[];
  readonly tree: Partitioner['tree'];
}

const SWEEP: KRange = { from: 2, to: 10 };

/**
 * Clusters rows by one method; of several numbers of clusters the one of the highest silhouette is taken.
 *
 * @throws SegtideError `config` where rows are too few, or the method knows no cosine, `encoder` where the method fails, `aborted` on request
 */
export async function clusterRows(
  { points, distance, series, labels }: Pick<ClusteredRows, 'points' | 'distance' | 'series' | 'labels'>,
  { settings, k, now, onTried, signal }: ClusterRowsOptions,
): Promise<ClusteredPartition> {
  const { takesK, onSeries } = METHOD_TRAITS[settings.method];
  if (onSeries && distance === 'cosine') {
    const text = `${settings.method} has a distance of its own, and none by direction; got cluster.distance: cosine. Set it to euclidean, or take another method.`;
    throw new SegtideError('config', text);
  }
  const classes = new Set(labels?.filter((label) => label !== '')).size;
  const range =
    k ?? (classes > 1 ? { from: classes, to: classes } : { ...SWEEP, to: Math.min(SWEEP.to, points.length) });
  const partitioner = createPartitioner({ points, series, settings, mostK: range.to, signal });
  const scoreOptions = { labels, seed: settings.seed, signal };
  if (!takesK) {
    const partition = await partitioner.at(0);
    const scores = await scorePartition(points, partition, scoreOptions);
    return { partition, scores, kAsked: null, kTo: null, kFrom: 'density', sweep: [], tree: undefined };
  }
  const sweep: SweptK[] = [];
  let best: { readonly partition: Partition; readonly scores: PartitionScores; readonly asked: number } | undefined;
  // A range may reach beyond the rows, of which there can't be more clusters; a single number may not.
  const last = Math.max(range.from, Math.min(range.to, points.length));
  for (let asked = range.from; asked <= last; asked++) {
    const began = now();
    const partition = await partitioner.at(asked);
    const scores = await scorePartition(points, partition, scoreOptions);
    const { bic } = partition.facts;
    const seconds = (now() - began) / 1000;
    sweep.push({ k: asked, found: partition.k, ...scores, bic: typeof bic === 'number' ? bic : null, seconds });
    onTried?.(sweep.at(-1)!);
    if (best === undefined || (scores.silhouette ?? -1) > (best.scores.silhouette ?? -1)) {
      best = { partition, scores, asked };
    }
    // No more rows differ: a larger number would bring the same clusters again.
    if (partition.k < asked) break;
  }
  const { partition, scores, asked } = best!;
  const one = range.from === range.to;
  return {
    partition,
    scores,
    kAsked: asked,
    kTo: k === undefined || one ? null : range.to,
    kFrom: k !== undefined && one ? 'option' : k === undefined && classes > 1 ? 'labels' : 'silhouette',
    sweep: one ? [] : sweep,
    tree: partitioner.tree,
  };
}
