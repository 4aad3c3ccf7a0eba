import type { AssignmentBatch } from '../cluster/assignment-batch.js';
import type { JudgedWindows } from '../plugin/alert-rule-plugin.js';
import type { WindowBatch } from '../window/window-batch.js';

/** Rows that rules of a user's own are asked about: first results of windows that have closed. */
export function rowsToJudge({ length, finals, revisions }: WindowBatch): readonly number[] {
  return Array.from({ length }, (_, row) => row).filter((row) => finals[row] === 1 && revisions[row] === 0);
}

/** What a rule is shown of some rows. */
export function toJudgedWindows(
  windows: WindowBatch,
  assignments: AssignmentBatch | undefined,
  rows: readonly number[],
  channelNames: readonly string[],
): JudgedWindows {
  const { steps, channels, ids, customers, starts, ends, values, mask } = windows;
  const cells = steps * channels;
  const errors = assignments?.embeddings.reconstructionErrors;
  const judged = {
    ...{ length: rows.length, steps, channels, channelNames },
    customerIds: rows.map((row) => ids.text(customers[row]!)),
    starts: Float64Array.from(rows, (row) => starts[row]!),
    ends: Float64Array.from(rows, (row) => ends[row]!),
    values: new Float32Array(rows.length * cells),
    mask: new Uint8Array(rows.length * cells),
    modelVersion: assignments?.model.modelVersion ?? null,
    segmentIds: rows.map((row) => assignments?.model.segmentIds[assignments.nearest[row]!] ?? null),
    distances: Float32Array.from(rows, (row) => assignments?.distances[row] ?? Number.NaN),
    margins: Float32Array.from(rows, (row) => assignments?.margins[row] ?? Number.NaN),
    reconstructionErrors: Float32Array.from(rows, (row) => errors?.[row] ?? Number.NaN),
  };
  for (const [i, row] of rows.entries()) {
    judged.values.set(values.subarray(row * cells, (row + 1) * cells), i * cells);
    judged.mask.set(mask.subarray(row * cells, (row + 1) * cells), i * cells);
  }
  return judged;
}
