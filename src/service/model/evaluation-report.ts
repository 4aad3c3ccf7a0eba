import type { EngineName } from '../../encode/vrae/recurrent-engine.js';
import type { ViewRecord } from '../../train/model-artifact.js';
import type { TrainedSegment } from './training-summary.js';

/** What `segtide evaluate` found. Plain JSON, as `--json` prints it. */
export interface EvaluationReport {
  /** As it was named; `-` is standard input. */
  readonly file: string;
  /** Windows that were assigned and scored. */
  readonly n: number;
  readonly steps: number;
  readonly channels: number;
  /** Segments. */
  readonly k: number;
  /** Windows of them without a label, which `ari` and `nmi` leave out; null without labels. */
  readonly unlabelled: number | null;
  /** Adjusted Rand index of segments and labels; null without labels. */
  readonly ari: number | null;
  /** Normalised mutual information of segments and labels, in [0, 1]; null without labels. */
  readonly nmi: number | null;
  /** Of the embeddings by segment, in [-1, 1]; null where fewer than two segments have windows that say anything. */
  readonly silhouette: number | null;
  /** Mean squared error over the known cells of prepared series; null where nothing is known, or the encoder can't reconstruct. */
  readonly reconstructionError: number | null;
  /** Reading, fitting, assigning and scoring. */
  readonly seconds: number;
  /** `all`; `half`: fitted to one half, scored on the other; `none`: a model that was fitted before. */
  readonly fit: 'all' | 'half' | 'none';
  /** The half that was fitted to; null where no half was. */
  readonly fold: 0 | 1 | null;
  /** Windows that the model was fitted to. */
  readonly fitted: number;
  readonly seed: number;
  /** Segments that were asked for, of which `k` is fewer where windows differ too little; null where none were. */
  readonly kAsked: number | null;
  /** Where `k`, or `kAsked`, comes from. */
  readonly kFrom: 'option' | 'labels' | 'silhouette' | 'model';
  /** What computed the embeddings. */
  readonly engine: EngineName;
  readonly modelVersion: string;
  /** Of the model's encoder, as its training found them, defaults included. */
  readonly settings: unknown;
  readonly updates: number;
  /** Kind of the encoder. */
  readonly encoder: string;
  /** Numbers of an embedding. */
  readonly embeddingSize: number;
  /** Latent dimensions that carry information, and how many there are; null where the encoder has none. */
  readonly activeUnits: number | null;
  readonly latent: number | null;
  /** What each view counts in the embedding, in order; none where the embedding is of no weighted views. */
  readonly views: readonly ViewRecord[];
  /** Why the training ended before its time, or learnt next to nothing; null where nothing went wrong. */
  readonly warning: string | null;
  /** Whether the product would have taken the model into force; null for one that was fitted before. */
  readonly sound: boolean | null;
  readonly why: readonly string[];
  /** As they look in the windows that were scored. */
  readonly segments: readonly TrainedSegment[];
}
