import { type AssignedWindows, type EmittedAt, statusOf } from './assignment-record.js';
import { createJsonWriter } from './json-writer.js';

/**
 * Writes assignment records as NDJSON, one line a window with a line feed after each, straight from the columns. The
 * bytes equal `JSON.stringify` of each of `toAssignmentRecords`, and are valid until the next call.
 */
export type AssignmentLines = (columns: AssignedWindows, emittedAt: EmittedAt) => Uint8Array;

export function createAssignmentLines(): AssignmentLines {
  const json = createJsonWriter();
  return (columns, emittedAt) => {
    const { series, assignments, previousSegmentIds } = columns;
    const { windows } = series;
    const segments = assignments?.model.segmentIds.map((id) => bytesOf(`${JSON.stringify(id)},"previousSegmentId":`));
    const errors = assignments?.embeddings.reconstructionErrors;
    const previous = createPieces();
    const tails = [bytesOf(tailOf(columns, false)), bytesOf(tailOf(columns, true))];
    // Neighbours mostly share their window, so that its part of the line is made once for many.
    let windowPiece: Uint8Array = NOTHING;
    let endPiece: Uint8Array = NOTHING;
    let windowOf = -1;
    for (let i = 0; i < series.length; i++) {
      json.raw(CUSTOMER);
      json.string(windows.ids.text(windows.customers[i]!));
      if (windowOf < 0 || !sameWindow(columns, windowOf, i)) {
        windowPiece = bytesOf(windowText(columns, i));
        endPiece = bytesOf(`${emittedAt === 'windowEnd' ? windows.ends[i]! : emittedAt}}\n`);
        windowOf = i;
      }
      json.raw(windowPiece);
      json.raw(segments === undefined ? NO_SEGMENT : segments[assignments!.nearest[i]!]!);
      json.raw(previous(previousSegmentIds?.[i] ?? null));
      if (assignments === undefined) {
        json.raw(NO_DISTANCES);
      } else {
        json.raw(DISTANCE);
        json.float(assignments.distances[i]!);
        json.raw(MARGIN);
        json.float(assignments.margins[i]!);
        json.raw(CONFIDENCE);
        json.float(assignments.confidences[i]!);
        json.raw(ERROR);
        json.float(errors === undefined ? Number.NaN : errors[i]!);
      }
      json.raw(OBSERVED);
      json.number(windows.observedSteps[i]!);
      json.raw(tails[series.inactive[i]! === 1 ? 1 : 0]!);
      json.raw(endPiece);
    }
    return json.take();
  };
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}

const NOTHING = new Uint8Array(0);
const CUSTOMER = bytesOf('{"customerId":');
const NO_SEGMENT = bytesOf('null,"previousSegmentId":');
const NO_DISTANCES = bytesOf(',"distance":null,"margin":null,"confidence":null,"reconstructionError":null');
const DISTANCE = bytesOf(',"distance":');
const MARGIN = bytesOf(',"margin":');
const CONFIDENCE = bytesOf(',"confidence":');
const ERROR = bytesOf(',"reconstructionError":');
const OBSERVED = bytesOf(',"observedSteps":');

function sameWindow({ series: { windows } }: AssignedWindows, a: number, b: number): boolean {
  return (
    windows.starts[a] === windows.starts[b] &&
    windows.ends[a] === windows.ends[b] &&
    windows.revisions[a] === windows.revisions[b] &&
    windows.finals[a] === windows.finals[b]
  );
}

function windowText({ series: { windows } }: AssignedWindows, i: number): string {
  return `,"windowStart":${windows.starts[i]!},"windowEnd":${windows.ends[i]!},"revision":${windows.revisions[i]!},"final":${windows.finals[i] === 1},"segmentId":`;
}

function tailOf({ assignments }: AssignedWindows, inactive: boolean): string {
  const versions =
    assignments === undefined
      ? '"status":"warming","modelVersion":null,"centroidEpoch":null'
      : `"status":"${statusOf(assignments.model.modelVersion)}","modelVersion":${JSON.stringify(assignments.model.modelVersion)},"centroidEpoch":${assignments.model.centroidEpoch}`;
  return `,"inactive":${inactive},${versions},"emittedAt":`;
}

/** Remembers the JSON of the few segment ids that a batch names again and again. */
function createPieces(): (text: string | null) => Uint8Array {
  const known = new Map<string | null, Uint8Array>();
  return (text) => {
    let piece = known.get(text);
    if (piece === undefined) {
      piece = bytesOf(JSON.stringify(text));
      known.set(text, piece);
    }
    return piece;
  };
}
