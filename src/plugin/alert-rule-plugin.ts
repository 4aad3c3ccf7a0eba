/**
 * An alert rule of a user's own: the default export of an ES module that the config names. It is asked about each window
 * once, when it has closed, in a thread of its own.
 *
 * @example
 * export default {
 *   kind: 'alert-rule',
 *   judge: ({ length, distances }) =>
 *     Array.from({ length }, (_, i) => (distances[i] > 3 ? { text: 'far from every segment' } : null)),
 * };
 */
export interface AlertRulePlugin {
  readonly kind: 'alert-rule';
  /**
   * One verdict a window, in order: what to tell, or null for nothing. Each is of its own window alone, and the same
   * whatever windows come with it: a restart asks again.
   */
  judge(windows: JudgedWindows): readonly (RuleVerdict | null)[] | Promise<readonly (RuleVerdict | null)[]>;
}

/** Windows that have closed, with what the model in force says of them. */
export interface JudgedWindows {
  readonly length: number;
  readonly steps: number;
  readonly channels: number;
  readonly channelNames: readonly string[]; // (channels)
  readonly customerIds: readonly string[]; // (length)
  /** [start, end), epoch ms. */
  readonly starts: Float64Array; // (length)
  readonly ends: Float64Array; // (length)
  /** Usage in the channels' units, before `series` prepares it. */
  readonly values: Float32Array; // (length, steps, channels)
  /** 0 where a cell was observed; 1 zero, 2 missing, 3 absent. */
  readonly mask: Uint8Array; // (length, steps, channels)
  /** Null while there is no model. */
  readonly modelVersion: string | null;
  /** The customer's segment in this window; null while there is no model. */
  readonly segmentIds: readonly (string | null)[]; // (length)
  /** To the nearest centroid; NaN where it is not known, as are the next two. */
  readonly distances: Float32Array; // (length)
  /** How much nearer it is than the second nearest, 0 to 1. */
  readonly margins: Float32Array; // (length)
  readonly reconstructionErrors: Float32Array; // (length)
}

/** Why a window is worth a look. */
export interface RuleVerdict {
  /** In one sentence. */
  readonly text: string;
  /** @default 'medium' */
  readonly severity?: 'low' | 'medium' | 'high';
  /** What was measured. @default 1 */
  readonly score?: number;
  /** From which on there is an alert. @default 1 */
  readonly threshold?: number;
}
