/**
 * A drift statistic of a user's own: the default export of an ES module that the config names. It is asked in each round
 * of drift reports, where drift is watched, in a thread of its own.
 *
 * @example
 * export default {
 *   kind: 'drift-statistic',
 *   measure: (reference, current) => [{ value: Math.abs(current.distances.mean - reference.distances.mean) }],
 * };
 */
export interface DriftStatisticPlugin {
  readonly kind: 'drift-statistic';
  /**
   * How far windows are from what they were: one value a subject, the larger the further; none where there is nothing to
   * say. Of the two sides and the context alone: a restart asks again, and must be told the same.
   */
  measure(
    reference: ComparedWindows,
    current: ComparedWindows,
    context: DriftStatisticContext,
  ): readonly MeasuredDrift[] | Promise<readonly MeasuredDrift[]>;
}

export interface DriftStatisticContext {
  /** From which on a value is drift: of one below it a costly test says nothing. */
  readonly threshold: number;
  /** For what is drawn at random: the same in each round. */
  readonly seed: number;
  /** What the config says to it, as it stands there. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What is known of the windows of one side: counts, sketches and a sample, under one model version. */
export interface ComparedWindows {
  readonly modelVersion: string;
  readonly windows: number;
  /** Earliest start and latest end, epoch ms. */
  readonly start: number;
  readonly end: number;
  readonly channelNames: readonly string[]; // (channels)
  readonly segmentIds: readonly string[]; // (k)
  /** Numbers of an embedding. */
  readonly size: number;
  /** Windows by segment; those without an embedding are in none. */
  readonly segmentCounts: Float64Array; // (k)
  /** Windows whose customer had a segment by the same model before them, and those of them that have another one now. */
  readonly returning: number;
  readonly moved: number;
  /** Where the segments' centroids are by the end of these windows. */
  readonly centroids: Float32Array; // (k, size)
  /** Usage in the channels' units, before `series` prepares it, by channel and quarter of the window. */
  readonly values: readonly ValueHistogram[]; // (channels, 4)
  /** Coordinates of the embeddings. */
  readonly coordinates: readonly ValueHistogram[]; // (size)
  /** To the nearest centroid. */
  readonly distances: ValueHistogram;
  /** Empty where the encoder does not reconstruct. */
  readonly reconstructionErrors: ValueHistogram;
  /**
   * Means and variances within segments: coordinates, then distance, then reconstruction error, 0 where there is none. NaN
   * for a segment without windows.
   */
  readonly segmentMeans: Float64Array; // (k, size + 2)
  readonly segmentVariances: Float64Array; // (k, size + 2)
  readonly sample: EmbeddingRows;
}

/**
 * How often values came. Both sides have the same bins: those that either has a value in, ascending, at most an eighth of
 * their edge wide.
 */
export interface ValueHistogram {
  readonly count: number;
  /** NaN without values, as is the variance. */
  readonly mean: number;
  readonly variance: number;
  /** Edges of the bins, which may have room between them; both are 0 for the bin of the value 0. */
  readonly lower: Float64Array; // (bins)
  readonly upper: Float64Array; // (bins)
  readonly counts: Float64Array; // (bins)
}

/** At most 256 embeddings, drawn by a hash of customer and window, in an order that says nothing. */
export interface EmbeddingRows {
  readonly length: number;
  readonly values: Float32Array; // (length, size)
  /** Of each a row of `segmentIds`. */
  readonly segments: Uint16Array; // (length)
}

/** What a statistic says of a subject. */
export interface MeasuredDrift {
  /**
   * `all`, a channel, a quarter of its steps (`minutes:q2`), a coordinate (`dim1`) or the id of a segment; each once.
   *
   * @default 'all'
   */
  readonly subject?: string;
  /** Finite. From the config's threshold on it is drift. */
  readonly value: number;
  /** Probability of a value as large where nothing changed. @default null: the threshold decides alone */
  readonly pValue?: number | null;
  /**
   * Largest p-value that counts, for tests whose p-values can't be as small as needed: 1 / 101 of 100 relabellings.
   *
   * @default what Benjamini-Hochberg says over all p-values of the round
   */
  readonly level?: number;
  /** Since when, epoch ms. @default the start of the windows compared */
  readonly since?: number;
}
