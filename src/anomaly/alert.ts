/** What segtide itself watches for. */
export const WATCHED_KINDS = ['anomaly', 'silence', 'segment-change', 'segment-size'] as const;
export type WatchedKind = (typeof WATCHED_KINDS)[number];

/** What an alert is about; `rule` is one of a rule of the user's own, which `cause` names. */
export const ALERT_KINDS = [...WATCHED_KINDS, 'rule'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** Something that a person may want to look at. Fields, units and order as in `ALERT_SCHEMA`. */
export interface Alert {
  /** Of kind, customer or segment, and window: the same for what becomes of it later. */
  readonly alertId: string;
  readonly kind: AlertKind;
  readonly severity: 'low' | 'medium' | 'high';
  /**
   * `provisional` where the window is still open; `confirmed` when it has closed and is as odd, `withdrawn` when it is not.
   * Alerts of windows that have closed are `confirmed` from the start.
   */
  readonly status: 'provisional' | 'confirmed' | 'withdrawn';
  /** Null for an alert about a segment. */
  readonly customerId: string | null;
  /** The customer's segment, or the one that the alert is about. */
  readonly segmentId: string | null;
  readonly windowStart: number;
  readonly windowEnd: number;
  /** Event time up to which the window was known, epoch ms. */
  readonly knownUntil: number;
  readonly score: number;
  readonly threshold: number;
  /** `behaviour`, `model` or `both` for a change of segment, the name of a rule, else what stood out most. */
  readonly cause: string;
  readonly explanation: AlertExplanation;
  readonly modelVersion: string | null;
  readonly centroidEpoch: number | null;
  readonly emittedAt: number;
}

/** Why an alert was raised, with the numbers. */
export interface AlertExplanation {
  /** In one sentence. */
  readonly text: string;
  /** What the score is made of, the largest first. */
  readonly parts: readonly ExplainedPart[];
  /** Steps that differ from what was expected, the most deviating first. */
  readonly steps: readonly ExplainedSteps[];
}

export interface ExplainedPart {
  readonly part: string;
  readonly value: number;
  /** What it usually is. */
  readonly usual: number;
  /** -log10 of the share of usual windows in which it is as large; null where that is not known. */
  readonly score: number | null;
}

export interface ExplainedSteps {
  readonly channel: string;
  /** Steps of the window, [first, end), from 0. */
  readonly first: number;
  readonly end: number;
  /** Their times, [from, to), epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Mean of a step, in the channel's units. */
  readonly expected: number;
  readonly seen: number;
  /** Of the run, in standard deviations; negative where less was seen than expected. */
  readonly deviation: number;
}
