import type { AssignedWindows } from './assignment-record.js';
import { shortFloat } from './short-float.js';

/**
 * Assignment records as NDJSON, one line a window with a line feed after each, written from the columns without an
 * object per record. The text equals `JSON.stringify` of each of `toAssignmentRecords`.
 */
export function toAssignmentLines(columns: AssignedWindows, emittedAt: number): string {
  const { series, assignments, previousSegmentIds } = columns;
  const { windows } = series;
  const errors = assignments?.embeddings.reconstructionErrors;
  const segments = assignments?.model.segmentIds.map((id) => JSON.stringify(id));
  const quotedPrevious = new Map<string, string>();
  // What is the same on every line is written once.
  const tail =
    assignments === undefined
      ? `,"status":"warming","modelVersion":null,"centroidEpoch":null,"emittedAt":${emittedAt}}\n`
      : `,"status":"assigned","modelVersion":${JSON.stringify(assignments.model.modelVersion)},"centroidEpoch":${assignments.model.centroidEpoch},"emittedAt":${emittedAt}}\n`;
  let lines = '';
  for (let i = 0; i < series.length; i++) {
    lines += `{"customerId":${quote(windows.ids.text(windows.customers[i]!))},"windowStart":${windows.starts[i]!},"windowEnd":${windows.ends[i]!},"revision":${windows.revisions[i]!},"final":${windows.finals[i] === 1},"segmentId":`;
    const previous = previousSegmentIds?.[i] ?? null;
    const quoted = previous === null ? 'null' : quoteOnce(previous, quotedPrevious);
    lines +=
      assignments === undefined
        ? `null,"previousSegmentId":${quoted},"distance":null,"margin":null,"confidence":null,"reconstructionError":null`
        : `${segments![assignments.nearest[i]!]!},"previousSegmentId":${quoted},"distance":${number(assignments.distances[i]!)},"margin":${number(assignments.margins[i]!)},"confidence":${number(assignments.confidences[i]!)},"reconstructionError":${errors === undefined ? 'null' : number(errors[i]!)}`;
    lines += `,"observedSteps":${windows.observedSteps[i]!},"inactive":${series.inactive[i] === 1}${tail}`;
  }
  return lines;
}

function number(value: number): string {
  return Number.isFinite(value) ? `${shortFloat(value)}` : 'null';
}

/** Characters that JSON must escape, and surrogates, of which a lone one must be. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

function quote(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function quoteOnce(text: string, known: Map<string, string>): string {
  let quoted = known.get(text);
  if (quoted === undefined) {
    quoted = JSON.stringify(text);
    known.set(text, quoted);
  }
  return quoted;
}
