/** One statistic of one subject, compared between a reference and now. Field names as in the `drift` records. */
export interface DriftReport {
  readonly reportId: string;
  /**
   * `input`: values moved. `assignment`: shares of segments moved. `embedding`: windows lie elsewhere than their
   * segments' shares explain. `model`: the encoder describes windows of the same segment worse.
   */
  readonly layer: 'input' | 'embedding' | 'assignment' | 'model';
  /** A channel, a quarter of its steps (`minutes:q2`), a dimension (`dim1`) or a segment id; `all` for the whole. */
  readonly subject: string;
  readonly statistic: string;
  readonly value: number;
  readonly threshold: number;
  readonly pValue: number | null;
  readonly drifted: boolean;
  readonly severity: 'none' | 'low' | 'medium' | 'high';
  /** 1 for the subject that drifted most within its layer. */
  readonly rank: number;
  /** Epoch ms since when it has drifted without a break; null when it has not. */
  readonly since: number | null;
  readonly referenceStart: number;
  readonly referenceEnd: number;
  readonly currentStart: number;
  readonly currentEnd: number;
  readonly nReference: number;
  readonly nCurrent: number;
  readonly referenceModelVersion: string;
  readonly modelVersion: string;
  readonly action: 'none' | 'refit' | 'retrain' | 'suppressed';
}
