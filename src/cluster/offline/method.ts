import type { Linkage } from './agglomerate.js';
import type { Covariance } from './gaussian-mixture.js';

/** How rows are put into clusters. */
export const METHODS = [
  'k-means',
  'mini-batch',
  'agglomerative',
  'divisive',
  'gaussian-mixture',
  'k-medoids',
  'dbscan',
  'hdbscan',
  'k-shape',
  'dtw',
] as const;

export type Method = (typeof METHODS)[number];

/** What a method needs, and what it gives. */
export interface MethodTraits {
  /** Takes the number of clusters; else it finds one. */
  readonly takesK: boolean;
  /** Compares series over time, and not points. */
  readonly onSeries: boolean;
  /** Gives a dendrogram. */
  readonly tree: boolean;
  /** Rows above which it would take too much memory or time; undefined where it grows with the rows alone. */
  readonly mostRows?: number;
}

export const METHOD_TRAITS: Readonly<Record<Method, MethodTraits>> = {
  'k-means': { takesK: true, onSeries: false, tree: false },
  'mini-batch': { takesK: true, onSeries: false, tree: false },
  agglomerative: { takesK: true, onSeries: false, tree: true, mostRows: 10_000 },
  divisive: { takesK: true, onSeries: false, tree: true },
  'gaussian-mixture': { takesK: true, onSeries: false, tree: false },
  'k-medoids': { takesK: true, onSeries: false, tree: false, mostRows: 10_000 },
  dbscan: { takesK: false, onSeries: false, tree: false, mostRows: 50_000 },
  hdbscan: { takesK: false, onSeries: false, tree: false, mostRows: 50_000 },
  'k-shape': { takesK: true, onSeries: true, tree: false },
  dtw: { takesK: true, onSeries: true, tree: false },
};

/** What methods are set to; each looks at its own. */
export interface MethodSettings {
  readonly method: Method;
  readonly seed: number;
  /** Of `agglomerative`. */
  readonly linkage: Linkage;
  /** Of `gaussian-mixture`; undefined takes full ones where there are rows enough for them. */
  readonly covariance?: Covariance | undefined;
  /** Of `dbscan`; undefined is read from the rows. */
  readonly epsilon?: number | undefined;
  /** Of `dbscan` and `hdbscan`. */
  readonly minPoints: number;
  /** Of `hdbscan`. */
  readonly minClusterSize: number;
  /** Of `dtw`: steps, as a share of all. */
  readonly band: number;
  /** Of `dtw`: worker threads. */
  readonly threads: number;
}

export const DEFAULT_METHOD_SETTINGS: Omit<MethodSettings, 'method' | 'seed' | 'threads'> = {
  linkage: 'ward',
  minPoints: 5,
  minClusterSize: 10,
  band: 0.1,
};
