import type { ClusterDistance } from '../../cluster/cluster-points.js';
import type { Linkage } from '../../cluster/offline/agglomerate.js';
import type { Method } from '../../cluster/offline/method.js';
import type { PartitionFacts } from '../../cluster/offline/partition.js';
import type { PartitionScores } from '../../cluster/offline/score-partition.js';
import type { RowName } from './clustered-rows.js';
import type { ClusteredBy } from './window-rows.js';

/** What `segtide cluster` found. Plain JSON, as `--json` prints it. */
export interface ClusterReport extends PartitionScores {
  readonly files: readonly string[];
  /** Usage events that windows were cut from; null where there were none. */
  readonly events: number | null;
  /** Rows of the input: windows, or vectors. */
  readonly n: number;
  /** Those that can't be clustered, since nothing is known of them, or a number of theirs is missing. */
  readonly unusable: number;
  /** Those that belong to no cluster. */
  readonly noise: number;
  readonly by: ClusteredBy | 'vectors';
  /** Numbers of a row. */
  readonly dimensions: number;
  /** How rows are compared: by where they lie, or by their direction alone. */
  readonly distance: ClusterDistance;
  /** Whose embeddings were clustered; null where none were. */
  readonly modelVersion: string | null;
  readonly method: Method;
  readonly linkage: Linkage | null;
  readonly seed: number;
  /** What the method tells of itself. */
  readonly facts: PartitionFacts;
  /** Clusters. */
  readonly k: number;
  /** Clusters that were asked for, of which `k` is fewer where rows differ too little; null where the method finds k. */
  readonly kAsked: number | null;
  /** Most clusters of the range that was asked for, of which there are fewer where rows are; null without a range. */
  readonly kTo: number | null;
  readonly kFrom: 'option' | 'labels' | 'silhouette' | 'density';
  /** Usable rows with a label; null without labels. */
  readonly labelled: number | null;
  /** In order of size. */
  readonly clusters: readonly ClusterSummary[];
  /** Each number of clusters that was tried, where there were several. */
  readonly sweep: readonly SweptK[];
  /** The rows that stand out most; null unless anomalies were asked for. */
  readonly anomalies: readonly OddRow[] | null;
  /** Neighbours that anomaly scores were asked to look at, and those that there were; null unless they were asked for. */
  readonly neighbours: { readonly asked: number; readonly taken: number } | null;
  /** Reading, encoding, clustering and scoring. */
  readonly seconds: number;
  /** Files that were written. */
  readonly written: readonly string[];
}

export interface ClusterSummary {
  /** `c1` is the largest. */
  readonly cluster: string;
  readonly rows: number;
  /** Of rows to the mean of the cluster. */
  readonly meanDistance: number;
  /** The row nearest to the mean. */
  readonly nearest: RowName;
  /** Mean of its windows, first channel, in the unit of the input; null for a step that no window knows, or without windows. */
  readonly prototype: readonly (number | null)[] | null; // (steps)
}

export interface SweptK extends PartitionScores {
  readonly k: number;
  /** Clusters that came of it. */
  readonly found: number;
  /** Schwarz's criterion, less is better; null unless of a Gaussian mixture. */
  readonly bic: number | null;
  readonly seconds: number;
}

/** A row that stands out, by how much. */
export interface OddRow extends RowName, AnomalyScores {
  /** Null for noise. */
  readonly cluster: string | null;
}

/** How far a row stands out. */
export interface AnomalyScores {
  /** Mean distance to its nearest neighbours. */
  readonly knn: number;
  /** From an isolation forest, from 0 to 1: above 0.5 it is easier to part from the others than most. */
  readonly isolation: number;
  /** Local outlier factor: about 1 among others of the same density, more for one that lies apart. */
  readonly lof: number;
}
