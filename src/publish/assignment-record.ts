import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import type { SeriesBatch } from '../series/series-batch.js';
import { isProvisional } from '../train/provisional.js';
import { shortFloat } from './short-float.js';

/** Whether a trained model assigned a window, one made of the first windows in the meantime, or none. */
export type AssignmentStatus = 'warming' | 'provisional' | 'assigned';

/** The segment of one customer in one window. Fields, units and order as in `ASSIGNMENT_SCHEMA`. */
export interface AssignmentRecord {
  readonly customerId: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly revision: number;
  readonly final: boolean;
  readonly segmentId: string | null;
  readonly previousSegmentId: string | null;
  readonly distance: number | null;
  readonly margin: number | null;
  readonly confidence: number | null;
  readonly reconstructionError: number | null;
  readonly observedSteps: number;
  readonly inactive: boolean;
  readonly status: AssignmentStatus;
  readonly modelVersion: string | null;
  readonly centroidEpoch: number | null;
  readonly emittedAt: number;
}

/** The columns that assignment records are made from; row i of each belongs to window i of `series.windows`. */
export interface AssignedWindows {
  readonly series: SeriesBatch;
  /** Undefined while warming: there is no model yet. */
  readonly assignments: AssignmentBatch | undefined;
  /** Each customer's segment before this batch, as `SegmentMemory.observe` answers it. */
  readonly previousSegmentIds: readonly (string | null)[] | undefined; // (batch)
}

/**
 * When records were emitted, epoch ms; in a replay, which has no time of its own, a record's `windowEnd`, so that the
 * same input gives the same bytes.
 */
export type EmittedAt = number | 'windowEnd';

/** Makes one record of each window, in their order. */
export function toAssignmentRecords(columns: AssignedWindows, emittedAt: EmittedAt): AssignmentRecord[] {
  const records: AssignmentRecord[] = [];
  for (let i = 0; i < columns.series.length; i++) records.push(toAssignmentRecord(columns, i, emittedAt));
  return records;
}

function toAssignmentRecord(
  { series, assignments, previousSegmentIds }: AssignedWindows,
  i: number,
  emittedAt: EmittedAt,
) {
  const { windows } = series;
  const model = assignments?.model;
  return {
    customerId: windows.ids.text(windows.customers[i]!),
    windowStart: windows.starts[i]!,
    windowEnd: windows.ends[i]!,
    revision: windows.revisions[i]!,
    final: windows.finals[i] === 1,
    segmentId: assignments === undefined ? null : assignments.model.segmentIds[assignments.nearest[i]!]!,
    previousSegmentId: previousSegmentIds?.[i] ?? null,
    distance: finiteOrNull(assignments?.distances[i]),
    margin: finiteOrNull(assignments?.margins[i]),
    confidence: finiteOrNull(assignments?.confidences[i]),
    reconstructionError: finiteOrNull(assignments?.embeddings.reconstructionErrors?.[i]),
    observedSteps: windows.observedSteps[i]!,
    inactive: series.inactive[i] === 1,
    status: statusOf(model?.modelVersion),
    modelVersion: model?.modelVersion ?? null,
    centroidEpoch: model?.centroidEpoch ?? null,
    emittedAt: emittedAt === 'windowEnd' ? windows.ends[i]! : emittedAt,
  };
}

/** @param modelVersion undefined where there is no model */
export function statusOf(modelVersion: string | undefined): AssignmentStatus {
  if (modelVersion === undefined) return 'warming';
  return isProvisional(modelVersion) ? 'provisional' : 'assigned';
}

/** JSON has no NaN, and a reader of Avro should not meet one where JSON has null. */
function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? shortFloat(value) : null;
}
