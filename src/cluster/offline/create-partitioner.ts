import { SegtideError } from '../../errors.js';
import type { Abortable } from '../../numeric/abortable.js';
import { agglomerate } from './agglomerate.js';
import { bisectingKMeans, type DivisiveTree } from './bisecting-k-means.js';
import { dbscan } from './dbscan.js';
import { cutDendrogram, type Dendrogram } from './dendrogram.js';
import { dtwKMeans } from './dtw-k-means.js';
import { gaussianMixture } from './gaussian-mixture.js';
import { hdbscan } from './hdbscan.js';
import { kMeans } from './k-means.js';
import { kMedoids } from './k-medoids.js';
import { kShape } from './k-shape.js';
import { METHOD_TRAITS, type MethodSettings } from './method.js';
import { miniBatchKMeans } from './mini-batch-k-means.js';
import { MOST_CLUSTERS, type Partition, toPartition } from './partition.js';
import { countDistinct, type Points } from './points.js';
import type { SeriesRows } from './series-rows.js';

/** Clusters the same rows into any number of clusters; what does not depend on that number is computed once. */
export interface Partitioner {
  /**
   * @param k clusters that are asked for; fewer where fewer rows differ. Methods that find the number pass over it
   * @throws SegtideError `config` where there are fewer rows than clusters, `aborted` on request
   */
  at(k: number): Promise<Partition>;
  /** Of hierarchical methods, once rows were clustered. */
  readonly tree: Dendrogram | undefined;
}

/** Rows to cluster, and how. */
export interface PartitionerOptions {
  readonly points: Points;
  /** The same rows in time; needed by methods on series. */
  readonly series?: SeriesRows | undefined;
  readonly settings: MethodSettings;
  /** Most clusters that will be asked for: so far a tree is grown from the top. */
  readonly mostK: number;
  readonly signal?: Abortable | undefined;
}

/** @throws SegtideError `config` where the method can't take these rows */
export function createPartitioner({ points, series, settings, mostK, signal }: PartitionerOptions): Partitioner {
  const { method, seed, linkage } = settings;
  const { takesK, onSeries, mostRows } = METHOD_TRAITS[method];
  if (points.length < 2) {
    throw new SegtideError('config', `clusters need at least 2 usable windows; got ${points.length}`);
  }
  if (mostRows !== undefined && points.length > mostRows) {
    const text = `${method} compares every window with every other: it takes ${mostRows} windows at most; got ${points.length}. Take k-means, mini-batch or gaussian-mixture, or fewer windows.`;
    throw new SegtideError('config', text);
  }
  if (onSeries && series === undefined) {
    const text = `${method} compares series over time and can't cluster vectors: give it events or windows, or take another method.`;
    throw new SegtideError('config', text);
  }
  const distinct = countDistinct(points, Math.min(mostK, points.length));
  let agglomerated: Dendrogram | undefined;
  let divided: DivisiveTree | undefined;

  const partition = async (k: number): Promise<Partition> => {
    switch (method) {
      case 'k-means':
        return kMeans(points, k, seed);
      case 'mini-batch':
        return miniBatchKMeans(points, k, seed, signal);
      case 'agglomerative':
        agglomerated ??= await agglomerate(points, linkage, signal);
        return toPartition(cutDendrogram(agglomerated, k), { linkage });
      case 'divisive': {
        divided ??= await bisectingKMeans(points, Math.max(distinct, k), seed, signal);
        const clusters = cutDendrogram(divided.tree, k);
        return toPartition(
          divided.leafOf.map((leaf) => clusters[leaf]!),
          {},
        );
      }
      case 'gaussian-mixture': {
        const covariance = settings.covariance ?? (points.length >= k * 2 * points.size ? 'full' : 'diagonal');
        return gaussianMixture(points, k, { seed, covariance, signal });
      }
      case 'k-medoids':
        return kMedoids(points, k, signal);
      case 'dbscan':
        return dbscan(points, { ...settings, signal });
      case 'hdbscan':
        return hdbscan(points, { ...settings, signal });
      case 'k-shape':
        return kShape(series!, k, { seed, signal });
      case 'dtw':
        return dtwKMeans(series!, k, {
          seed,
          band: Math.max(1, Math.round(settings.band * series!.steps)),
          threads: settings.threads,
          signal,
        });
    }
  };

  return {
    at: async (k) => {
      if (takesK && (k > points.length || k > MOST_CLUSTERS)) {
        throw new SegtideError(
          'config',
          `${k} clusters can't be made of ${points.length} usable windows; ask for fewer`,
        );
      }
      return partition(Math.min(k, distinct));
    },
    get tree() {
      return agglomerated ?? divided?.tree;
    },
  };
}
