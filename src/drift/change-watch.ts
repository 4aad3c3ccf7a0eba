import type { Statistics } from '../cluster/cluster-model.js';
import { merge } from '../cluster/statistics.js';
import { sum } from '../numeric/sum.js';
import { SIGNIFICANT } from './significant-shift.js';
import { withinShift } from './within-shift.js';

export interface ChangeWatchSettings {
  /** Shift within segments, in spreads, from which behaviour has changed. */
  readonly threshold: number;
  /** Least windows, and least event time in ms, of the reference. */
  readonly referenceWindows: number;
  readonly referenceMs: number;
  /** Windows that the reference grows to while nothing changes. */
  readonly mostReferenceWindows: number;
}

/** Windows of one lesson, wave or reference, and when they were. */
export interface WatchedWindows {
  readonly statistics: Statistics;
  /** Earliest start and latest end, epoch ms. */
  readonly start: number;
  readonly end: number;
}

/** Behaviour that has changed within segments. */
export interface Change {
  /** In spreads within segments. */
  readonly value: number;
  /** Start of the first windows that had changed, epoch ms. */
  readonly since: number;
  readonly windows: number;
  readonly before: WatchedWindows;
  readonly now: WatchedWindows;
}

/** Plain data and typed arrays. */
export interface ChangeWatchSnapshot {
  readonly reference: WatchedWindows | null;
  readonly wave: WatchedWindows | null;
  /** Waves so far that had changed without a break, together. */
  readonly changed: WatchedWindows | null;
}

/**
 * Tells after each wave whether windows still lie where those of their segments lay under the same model. It is quicker
 * than the rounds of the drift monitor: what it is for is to act soon, not to describe.
 */
export interface ChangeWatch {
  /**
   * Takes in windows of a lesson; answers as `endWave` where they end later than those before. The first of another model
   * begin anew.
   */
  observe(windows: WatchedWindows): Change | undefined;
  /** No more windows will come that end with the last ones: tells what has changed by them. */
  endWave(): Change | undefined;
  /**
   * Begins anew, under another model.
   *
   * @param reference windows that it has not learnt from
   */
  rebase(reference: WatchedWindows | undefined): void;
  snapshot(): ChangeWatchSnapshot;
}

export function createChangeWatch(settings: ChangeWatchSettings, from?: ChangeWatchSnapshot): ChangeWatch {
  let reference = from?.reference ?? undefined;
  let wave = from?.wave ?? undefined;
  let changed = from?.changed ?? undefined;

  function rebase(side: WatchedWindows | undefined): void {
    reference = side;
    wave = undefined;
    changed = undefined;
  }

  function isComplete({ statistics, start, end }: WatchedWindows): boolean {
    return countOf(statistics) >= settings.referenceWindows && end - start >= settings.referenceMs;
  }

  function endWave(): Change | undefined {
    if (wave === undefined) return undefined;
    const closed = wave;
    wave = undefined;
    if (reference === undefined || !isComplete(reference)) {
      reference = joined(reference, closed);
      return undefined;
    }
    const { value, significance } = withinShift(reference.statistics, closed.statistics);
    if (value < settings.threshold || significance < SIGNIFICANT) {
      changed = undefined;
      if (countOf(reference.statistics) < settings.mostReferenceWindows) reference = joined(reference, closed);
      return undefined;
    }
    changed = joined(changed, closed);
    return { value, since: changed.start, windows: countOf(changed.statistics), before: reference, now: closed };
  }

  return {
    observe(windows) {
      if (countOf(windows.statistics) === 0) return undefined;
      const known = wave ?? reference;
      if (known !== undefined && known.statistics.modelVersion !== windows.statistics.modelVersion) rebase(undefined);
      const change = wave !== undefined && windows.end > wave.end ? endWave() : undefined;
      wave = joined(wave, windows);
      return change;
    },
    endWave,
    rebase,
    snapshot: () => ({
      reference: reference ?? null,
      wave: wave ?? null,
      changed: changed ?? null,
    }),
  };
}

function countOf({ weights }: Statistics): number {
  return sum(weights);
}

function joined(a: WatchedWindows | undefined, b: WatchedWindows): WatchedWindows {
  if (a === undefined) return b;
  return {
    statistics: merge(a.statistics, b.statistics),
    start: Math.min(a.start, b.start),
    end: Math.max(a.end, b.end),
  };
}
