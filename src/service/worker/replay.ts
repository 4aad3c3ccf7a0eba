import { SegtideError } from '../../errors.js';
import type { SegmentedWindows } from '../../publish/segment-memory.js';
import type { WindowBatch } from '../../window/window-batch.js';
import { type AlertMarks, NO_MARKS } from '../../worker/alerting.js';
import { DECISIONS, type DecisionKind, type LogEntry } from './decision-log.js';

export interface Decision {
  readonly kind: DecisionKind;
  readonly topic: string;
  readonly next: bigint;
  readonly count: number;
  readonly idle: number;
  readonly clock: number;
  readonly unknownIds: ReadonlySet<number> | undefined;
}

/** Gives back what was decided and committed before a restart, in order. */
export interface Replay {
  /** The next decision; undefined where all were given. */
  decision(): Decision | undefined;
  /**
   * What was said of the next page; undefined where no page was published beyond this.
   *
   * @throws SegtideError `state` where the page is another than the one that was published
   */
  page(
    windows: WindowBatch,
  ): { readonly segmented: SegmentedWindows | undefined; readonly marks: AlertMarks } | undefined;
  /** Whether all published pages were given; else the input does not give what it gave before. */
  readonly isOver: boolean;
}

export function createReplay(entries: readonly LogEntry[]): Replay {
  const decisions = decisionsOf(entries);
  const pages = pagesOf(entries);
  let nextPage = pages.next();
  return {
    decision: () => decisions.next().value,
    page(windows) {
      if (nextPage.done === true) return undefined;
      const { length, model, nearest, margins, marks } = nextPage.value;
      if (length !== windows.length) throw toMismatch(`a page has ${windows.length} windows that had ${length}`);
      nextPage = pages.next();
      if (model === undefined) return { segmented: undefined, marks };
      return {
        marks,
        segmented: { windows, modelVersion: model.modelVersion, segmentIds: model.segmentIds, nearest, margins },
      };
    },
    get isOver() {
      return nextPage.done === true;
    },
  };
}

/** The input, or the program, is not what it was when the log was written. */
export function toMismatch(what: string): SegtideError {
  return new SegtideError(
    'state',
    `the input since the last checkpoint does not give the windows that were published from it (${what}): its records were removed or written anew, or another version of segtide wrote the state. Bring the records or the version back; or begin anew with another consumer group and another output.topicPrefix, whose first windows then lack their earlier events`,
  );
}

function* decisionsOf(entries: readonly LogEntry[]): Generator<Decision, undefined> {
  for (const { kinds, names, topics, nexts, counts, idle, clocks, unknownIds } of entries) {
    for (let i = 0; i < kinds.length; i++) {
      yield {
        kind: DECISIONS[kinds[i]!]!,
        topic: names[topics[i]!] ?? '',
        next: nexts[i]!,
        count: counts[i]!,
        idle: idle[i]!,
        clock: clocks[i]!,
        unknownIds: unknownIds[i] && new Set(unknownIds[i]),
      };
    }
  }
  return undefined;
}

function* pagesOf(entries: readonly LogEntry[]) {
  for (const { pages, pageModels, models, nearest, margins, marks } of entries) {
    let row = 0;
    for (let i = 0; i < pages.length; i++) {
      const length = pages[i]!;
      const model = models[pageModels[i]!];
      const end = model === undefined ? row : row + length;
      yield {
        ...{ length, model, marks: marks[i] ?? NO_MARKS },
        nearest: nearest.subarray(row, end),
        margins: margins.subarray(row, end),
      };
      row = end;
    }
  }
}
