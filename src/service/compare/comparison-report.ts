import type { Method } from '../../cluster/offline/method.js';

/** What `segtide compare` found. Plain JSON, as `--json` prints it. */
export interface ComparisonReport {
  readonly files: readonly string[];
  /** Windows. */
  readonly n: number;
  /** Those of which nothing is known: no cluster has them. */
  readonly unusable: number;
  /** Those with a label; null without labels. */
  readonly labelled: number | null;
  readonly seeds: readonly number[];
  /** What ranks: agreement with labels, or without them stability and the silhouette of series, their ranks added up. */
  readonly rankedBy: 'ari' | 'stability and silhouette of series';
  /** The best first. */
  readonly candidates: readonly RankedCandidate[];
  /** Those that came to nothing, and why. */
  readonly failures: readonly CandidateFailure[];
  /** Config that was written; null where none was asked for, or no encoder tells windows apart. */
  readonly config: string | null;
  /** Rank of the candidate that it is of: the best encoder for a run, which clusters by k-means. */
  readonly configRank: number | null;
  /** The HTML page; null where none was asked for. */
  readonly page: string | null;
  readonly seconds: number;
}

/** An encoder with a method, in the mean over seeds. */
export interface Candidate {
  readonly encoder: string;
  readonly method: Method;
  /** Clusters, of each seed. */
  readonly k: readonly number[];
  readonly ari: number | null;
  readonly nmi: number | null;
  /** Of the points that were clustered: not to be compared between encoders, each of which makes a space of its own. */
  readonly silhouette: number | null;
  /** Of the prepared series by these clusters: the same space for all. */
  readonly seriesSilhouette: number | null;
  /** Mean ARI between the clusters of two seeds, encoder and all; null of a single seed. */
  readonly stability: number | null;
  /** Share of windows in no cluster. */
  readonly noise: number;
  /** Fitting the encoder and encoding all windows, of one seed; of `latents` beside `vrae` that of both. */
  readonly encodeSeconds: number;
  readonly clusterSeconds: number;
  /**
   * The most memory of one seed, bytes: what the process held that trained the encoder, or what this one grew by while it
   * encoded or clustered, whichever is more.
   */
  readonly peakBytes: number;
}

export interface RankedCandidate extends Candidate {
  readonly rank: number;
}

export interface CandidateFailure {
  readonly encoder: string;
  /** Null where the encoder failed. */
  readonly method: Method | null;
  readonly why: string;
}
