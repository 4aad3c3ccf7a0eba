/**
 * A clusterer of a user's own: the default export of an ES module that the config names. Each training asks it where
 * segments lie among the embeddings, in place of k-means, in a thread of its own.
 *
 * @example
 * export default {
 *   kind: 'clusterer',
 *   fit: ({ size, values }, { k }) => ({ centroids: values.slice(0, k * size) }),
 * };
 */
export interface ClustererPlugin {
  readonly kind: 'clusterer';
  /** The same points, k and seed must give the same. */
  fit(points: ClustererPoints, context: ClustererContext): FittedCentroids | Promise<FittedCentroids>;
}

/** Embeddings of the windows of a training, at unit length where segments are told apart by directions; none has a NaN. */
export interface ClustererPoints {
  readonly length: number;
  readonly size: number;
  readonly values: Float32Array; // (length, size)
}

export interface ClustererContext {
  /** Segments that are asked for: `cluster.k`, or what suits k-means best where that is auto. */
  readonly k: number;
  readonly seed: number;
  /**
   * Where the members of each segment in force lie in these embeddings; null where there is no model yet, or it has another
   * number of segments. To start there keeps segments where they are.
   */
  readonly start: Float32Array | null; // (k, size)
}

export interface FittedCentroids {
  /** At most k of them; one that no point is nearest to is left out. A point belongs to the nearest. */
  readonly centroids: Float32Array; // (k, size)
}
