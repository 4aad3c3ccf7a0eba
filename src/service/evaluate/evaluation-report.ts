/** What `segtide evaluate` found. Plain JSON, as `--json` prints it. */
export interface EvaluationReport {
  readonly file: string;
  /** Windows that were assigned and scored. */
  readonly n: number;
  readonly steps: number;
  readonly channels: number;
  /** Segments. */
  readonly k: number;
  /** Adjusted Rand index of segments and labels; null without labels. */
  readonly ari: number | null;
  /** Normalised mutual information of segments and labels, in [0, 1]; null without labels. */
  readonly nmi: number | null;
  /** Of the embeddings by segment, in [-1, 1]. */
  readonly silhouette: number;
  /** Mean squared error over the known cells of prepared series. */
  readonly reconstructionError: number | null;
  /** Reading, fitting, assigning and scoring. */
  readonly seconds: number;
  /** `all`, or `half`: fitted to one half, scored on the other. */
  readonly fit: 'all' | 'half';
  /** The half that was fitted to; null where all was. */
  readonly fold: 0 | 1 | null;
  /** Windows that the model was fitted to. */
  readonly fitted: number;
  readonly seed: number;
  /** Where `k` comes from. */
  readonly kFrom: 'option' | 'labels' | 'silhouette';
  readonly modelVersion: string;
  readonly updates: number;
  /** Latent dimensions that carry information, and how many there are. */
  readonly activeUnits: number;
  readonly latent: number;
  /** Whether the product would have taken the model into force, and why. */
  readonly sound: boolean;
  readonly why: readonly string[];
  readonly segments: readonly EvaluatedSegment[];
}

export interface EvaluatedSegment {
  readonly segmentId: string;
  readonly name: string;
  /** Of those that were scored. */
  readonly windows: number;
  /** Mean of the members that the model was fitted to, first channel, in the unit of the input. */
  readonly prototype: readonly number[]; // (steps)
}
