import { adjustedRandIndexOf } from '../cluster/adjusted-rand-index.js';
import { createLabelTally, type LabelCounts, MOST_LABELS, toContingency } from '../cluster/label-counts.js';
import { normalizedMutualInformationOf } from '../cluster/normalized-mutual-information.js';

/** How far the segments of the model in force agree with labels. */
export interface LabelScores {
  /** Labelled windows that it is told from. */
  readonly windows: number;
  /** Labels that they have. */
  readonly labels: number;
  /** Windows left out, as they have other labels than the most that are told apart. */
  readonly leftOut: number;
  /** 1 for the same partition, about 0 for an unrelated one. */
  readonly adjustedRandIndex: number;
  /** In [0, 1]. */
  readonly normalizedMutualInformation: number;
}

/** Compares the segments of the model in force with the classes that customers are known to belong to. */
export interface LabelAgreement {
  /** Takes in the labelled windows of a lesson that was taught under the model in force. */
  observe(counts: LabelCounts): void;
  /** Another model is in force: what was counted says nothing of it. */
  beginAnew(): void;
  /** Labelled windows of all models. */
  readonly windows: number;
  /** Undefined where the model in force has none yet. */
  readonly scores: LabelScores | undefined;
  /** Undefined where no window was ever labelled. */
  snapshot(): LabelAgreementSnapshot | undefined;
}

/** Plain data and typed arrays. */
export interface LabelAgreementSnapshot {
  readonly windows: number;
  readonly recent: LabelCounts;
  readonly former: LabelCounts;
}

/** Scores are told from the last so many labelled windows, to twice as many: what a class was long ago is no measure. */
const RECENT_WINDOWS = 50_000;

/** @param onTooMany told once of more labels than are told apart */
export function createLabelAgreement(
  onTooMany?: (text: string) => void,
  from?: LabelAgreementSnapshot,
): LabelAgreement {
  let windows = from?.windows ?? 0;
  let recent = createLabelTally(from?.recent);
  let former = createLabelTally(from?.former);
  let hasTold = false;

  function tellTooMany(): void {
    if (hasTold || !recent.hasMore) return;
    hasTold = true;
    onTooMany?.(
      `there are more than ${MOST_LABELS} labels: agreement is told from the windows of ${MOST_LABELS} of them; map a field that names classes as input.fields.label`,
    );
  }

  function merged(): LabelCounts {
    const both = createLabelTally(former.counts());
    both.merge(recent.counts());
    return both.counts();
  }

  return {
    observe(counts) {
      windows += counts.windows;
      recent.merge(counts);
      tellTooMany();
      if (recent.windows < RECENT_WINDOWS) return;
      former = recent;
      recent = createLabelTally();
    },
    beginAnew() {
      recent = createLabelTally();
      former = createLabelTally();
    },
    get windows() {
      return windows;
    },
    get scores() {
      return toScores(merged());
    },
    snapshot: () => (windows === 0 ? undefined : { windows, recent: recent.counts(), former: former.counts() }),
  };
}

function toScores(counts: LabelCounts): LabelScores | undefined {
  const counted = toContingency(counts);
  if (counted.total === 0) return undefined;
  return {
    windows: counted.total,
    labels: counted.firstSums.length,
    leftOut: counts.windows - counted.total,
    adjustedRandIndex: adjustedRandIndexOf(counted),
    normalizedMutualInformation: normalizedMutualInformationOf(counted),
  };
}
