import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import type { EmittedAt } from './assignment-record.js';
import type { SegmentHistory } from './segment-memory.js';
import { shortFloat } from './short-float.js';

/** A customer left one segment for another. Fields, units and order as in `TRANSITION_SCHEMA`. */
export interface TransitionRecord {
  readonly customerId: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly from: string;
  readonly to: string;
  readonly cause: 'behaviour' | 'model' | 'both';
  readonly modelVersion: string;
  readonly previousModelVersion: string;
  readonly margin: number | null;
  readonly previousMargin: number | null;
  readonly emittedAt: number;
}

/** What the model that said `from` says of the same window, with the segments that it had; null where it was not asked. */
export type PreviousVerdict = (row: number, previousModelVersion: string) => string | null;

/**
 * Makes one record of each window that shows a change of segment, in their order.
 *
 * @param verdict tells the customer's change from the model's after a swap, and where segments began or ended within a
 *   version; without it such a change has cause `both`
 */
export function toTransitionRecords(
  assignments: AssignmentBatch,
  history: SegmentHistory,
  emittedAt: EmittedAt,
  verdict: PreviousVerdict = () => null,
): TransitionRecord[] {
  const { model } = assignments;
  const { windows } = assignments.embeddings.series;
  return history.changed.map((row) => {
    const from = history.previousSegmentIds[row]!;
    const to = model.segmentIds[assignments.nearest[row]!]!;
    const previousModelVersion = history.previousModelVersions[row]!;
    const cause =
      previousModelVersion === model.modelVersion && !history.regrouped.has(row)
        ? 'behaviour'
        : causeOf(from, to, verdict(row, previousModelVersion));
    return {
      customerId: windows.ids.text(windows.customers[row]!),
      windowStart: windows.starts[row]!,
      windowEnd: windows.ends[row]!,
      from,
      to,
      cause,
      modelVersion: model.modelVersion,
      previousModelVersion,
      margin: finiteOrNull(assignments.margins[row]!),
      previousMargin: finiteOrNull(history.previousMargins[row]!),
      emittedAt: emittedAt === 'windowEnd' ? windows.ends[row]! : emittedAt,
    };
  });
}

function causeOf(from: string, to: string, underPrevious: string | null): TransitionRecord['cause'] {
  if (underPrevious === to) return 'behaviour'; // the old model would have moved it as well
  if (underPrevious === from) return 'model'; // the old model would have left it
  return 'both';
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? shortFloat(value) : null;
}
