import { isUtf8 } from 'node:buffer';

import { hasByteOrderMark } from './byte-order-mark.js';
import { type FieldNode, toFieldTree } from './field-tree.js';
import type { IngestSettings } from './ingest-settings.js';
import { readJsonFields } from './json-fields.js';
import { JsonLineScanner } from './json-line-scanner.js';
import { skipJsonSpace } from './json-scan.js';
import type { ParsedChunk, RecordParser, RecordPosition } from './record-parser.js';
import { RecordParsing } from './record-parsing.js';
import { createTimeUnitWatch, type TimeUnitWatch } from './time-unit-watch.js';

/**
 * Creates a parser of newline-delimited JSON: one object a line, LF or CRLF, UTF-8. Blank lines are no records.
 *
 * Lines of the usual form are read by a byte scanner without an object or a string per record; all others by a careful
 * reader with the same meaning. Both check the whole grammar. Bytes that are not UTF-8 spoil their own line only.
 *
 * @param watch shared by the parsers of one input
 * @throws SegtideError `config` from `parse`, where the time unit is evidently wrong
 */
export function createNdjsonParser(settings: IngestSettings, watch?: TimeUnitWatch): RecordParser {
  return new NdjsonParser(settings, watch);
}

const LF = 0x0a;

class NdjsonParser implements RecordParser {
  readonly #parsing: RecordParsing;
  readonly #tree: FieldNode;
  readonly #scanner: JsonLineScanner;
  readonly #watch: TimeUnitWatch;
  /** The watch is this parser's alone, which then tells it of the end. */
  readonly #ownWatch: boolean;
  #inside = false;

  constructor(settings: IngestSettings, watch: TimeUnitWatch | undefined) {
    this.#ownWatch = watch === undefined;
    this.#watch = watch ?? createTimeUnitWatch(settings);
    this.#parsing = new RecordParsing(settings, this.#watch);
    this.#tree = toFieldTree(settings.fields);
    this.#scanner = new JsonLineScanner(this.#tree, this.#parsing);
  }

  parse(input: Uint8Array, start: number, end: number, at: RecordPosition, last: boolean): ParsedChunk {
    // A plain view: the scanner's loops stay monomorphic, whether sources hand over a Buffer or not.
    const bytes = new Uint8Array(input.buffer as ArrayBuffer, input.byteOffset, input.byteLength);
    const parsing = this.#parsing;
    parsing.begin(bytes, start, end, at);
    const lines = Buffer.from(bytes.buffer, bytes.byteOffset, end);
    let p = start;
    let inside = at.inside ?? (at.offset > 0 && this.#inside);
    if (inside) {
      const feed = lines.indexOf(LF, p);
      inside = feed < 0 && !last;
      p = feed < 0 ? end : feed + 1;
    } else if (at.offset === 0 && hasByteOrderMark(bytes, start, end)) p += 3;

    const stop = p < end ? Math.max(lines.lastIndexOf(LF) + 1, p) : p; // after the last whole line
    const valid = isUtf8(bytes.subarray(p, stop));
    while (p < stop) {
      if (valid) p = this.#scanner.scan(bytes, p, stop);
      if (p === stop) break;
      const after = lines.indexOf(LF, p) + 1;
      const done = !valid && isUtf8(bytes.subarray(p, after)) && this.#scanner.scan(bytes, p, after) === after;
      if (!done) this.#readLine(bytes, p, after - 1, valid);
      p = after;
    }
    if (p < end && (last || end - p > parsing.maxRecordBytes)) {
      inside = !last;
      this.#readLine(bytes, p, end, false);
      p = end;
    }
    this.#inside = inside;
    if (last && this.#ownWatch) this.#watch.end();
    const batch = parsing.columns.toBatch(parsing.text.bytes, bytes, at.source);
    return { batch, consumed: p - start, rows: parsing.row - at.row, inside };
  }

  #readLine(bytes: Uint8Array, start: number, feed: number, valid: boolean): void {
    const parsing = this.#parsing;
    const end = feed > start && bytes[feed - 1] === 0x0d ? feed - 1 : feed;
    if (feed - start > parsing.maxRecordBytes) {
      parsing.refuseTooLarge(start, end);
      return;
    }
    if (skipJsonSpace(bytes, start, end) === end) {
      parsing.row++;
      return;
    }
    if (!valid && !isUtf8(bytes.subarray(start, end))) {
      parsing.refuse({ reason: 'unreadable', detail: 'the record is not valid UTF-8' }, start, end);
      return;
    }
    const refusal = readJsonFields(bytes, start, end, this.#tree, parsing.fields, parsing.text);
    if (refusal) parsing.refuse(refusal, start, end);
    else parsing.accept(start, end);
  }
}
