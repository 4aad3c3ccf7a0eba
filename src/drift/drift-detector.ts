/** Plain data. */
export interface DriftDetectorSnapshot {
  /** Epoch ms since when it has drifted without a break; null when it has not. */
  readonly since: number | null;
}

interface DriftVerdict {
  readonly statistic: number;
  readonly threshold: number;
  readonly drifted: boolean;
  readonly since: number | null;
}

/** A threshold and its memory. */
export interface DriftDetector {
  /**
   * Takes the next value of a statistic.
   *
   * @param at begin of what the value was taken over, epoch ms
   * @param significant false where chance explains the value; such a value never starts a drift
   */
  observe(statistic: number, at: number, significant?: boolean): DriftVerdict;
  snapshot(): DriftDetectorSnapshot;
}

/** Share of the threshold below which a drift is over: a value that swings about the threshold is one drift, not many. */
const RELEASE = 0.8;

/** Creates a detector that drifts from `threshold` on, until the statistic falls below four fifths of it. */
export function createDriftDetector(threshold: number, snapshot?: DriftDetectorSnapshot): DriftDetector {
  let since = snapshot?.since ?? null;
  return {
    observe(statistic, at, significant = true) {
      if (since === null) {
        if (statistic >= threshold && significant) since = at;
      } else if (!(statistic >= RELEASE * threshold)) {
        since = null;
      }
      return { statistic, threshold, drifted: since !== null, since };
    },
    snapshot: () => ({ since }),
  };
}
