import { isUtf8 } from 'node:buffer';

import { SegtideError } from '../errors.js';
import { hasByteOrderMark } from './byte-order-mark.js';
import { toCsvColumns } from './csv-columns.js';
import { CsvRow, ROW_OPEN, ROW_OPEN_QUOTE } from './csv-row.js';
import { parseDecimal } from './decimal-text.js';
import type { IngestSettings } from './ingest-settings.js';
import { ABSENT, NUMBER, STRING } from './record-fields.js';
import type { ParsedChunk, RecordParser, RecordPosition } from './record-parser.js';
import { RecordParsing } from './record-parsing.js';
import { createTimeUnitWatch, type TimeUnitWatch } from './time-unit-watch.js';

/**
 * Creates a parser of CSV (RFC 4180): UTF-8, LF or CRLF, quotes with doubled quotes and line feeds inside, columns by
 * name. Empty fields are missing, blank lines are no records, and a row with more or fewer fields than there are
 * columns is refused. Space around numbers and times is ignored.
 *
 * A quote that does not close within `maxRecordBytes` would swallow what follows it, so only the line where it opens is
 * refused, and reading goes on at the next one.
 *
 * @param watch shared by the parsers of one input
 * @throws SegtideError from `parse`: `input` if a mapped column is missing, `config` where the time unit is evidently
 * wrong
 */
export function createCsvParser(settings: IngestSettings, watch?: TimeUnitWatch): RecordParser {
  return new CsvParser(settings, watch);
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

class CsvParser implements RecordParser {
  readonly #settings: IngestSettings;
  readonly #parsing: RecordParsing;
  readonly #row: CsvRow;
  readonly #delimiter: number;
  readonly #numeric: Uint8Array; // (fields)
  readonly #watch: TimeUnitWatch;
  /** The watch is this parser's alone, which then tells it of the end. */
  readonly #ownWatch: boolean;
  /** Mapped field of each column; undefined until the header was read. */
  #columns: Int32Array | undefined;
  #inside = false;

  constructor(settings: IngestSettings, watch: TimeUnitWatch | undefined) {
    this.#settings = settings;
    this.#ownWatch = watch === undefined;
    this.#watch = watch ?? createTimeUnitWatch(settings);
    this.#parsing = new RecordParsing(settings, this.#watch);
    this.#row = new CsvRow(settings.csv.delimiter);
    this.#delimiter = settings.csv.delimiter.charCodeAt(0);
    this.#numeric = Uint8Array.from(settings.fields, (field) => (field.numeric ? 1 : 0));
  }

  resume(head: Uint8Array, source: string): void {
    const start = hasByteOrderMark(head, 0, head.length) ? 3 : 0;
    if (this.#readHeader(head, start, head.length, true, source) < 0) {
      throw new SegtideError('input', `${source}: the CSV header does not end within ${head.length} bytes`);
    }
  }

  parse(input: Uint8Array, start: number, end: number, at: RecordPosition, last: boolean): ParsedChunk {
    const bytes = new Uint8Array(input.buffer as ArrayBuffer, input.byteOffset, input.byteLength);
    const parsing = this.#parsing;
    parsing.begin(bytes, start, end, at);
    let p = start;
    let inside = at.inside ?? (at.offset > 0 && this.#inside);
    if (at.offset === 0 && start < end) {
      if (hasByteOrderMark(bytes, start, end)) p += 3;
      const after = this.#readHeader(bytes, p, end, last, at.source);
      p = after < 0 ? start : after;
      if (after > 0 && this.#settings.csv.header === true) parsing.row++;
      if (after < 0) end = start; // wait for the rest of the header
    }
    if (p < end) this.#checkHeader(at);
    const lines = Buffer.from(bytes.buffer, bytes.byteOffset, end);
    const valid = isUtf8(bytes.subarray(p, Math.max(p, lines.lastIndexOf(LF) + 1)));
    while (p < end) {
      if (inside) {
        const feed = lines.indexOf(LF, p);
        inside = feed < 0 && !last;
        p = feed < 0 ? end : feed + 1;
        continue;
      }
      if (valid) p = this.#readPlainRows(bytes, p, lines.lastIndexOf(LF) + 1);
      if (p >= end) break;
      const next = this.#readRow(bytes, p, end, last, valid);
      if (next === p) break;
      inside = next < 0;
      p = Math.abs(next);
    }
    this.#inside = inside;
    if (last && this.#ownWatch) this.#watch.end();
    const batch = parsing.columns.toBatch(parsing.text.bytes, bytes, at.source);
    return { batch, consumed: p - start, rows: parsing.row - at.row, inside };
  }

  #checkHeader(at: RecordPosition): void {
    if (this.#columns !== undefined) return;
    const { header } = this.#settings.csv;
    if (typeof header === 'boolean') {
      throw new SegtideError('input', `${at.source}: the CSV is read from byte ${at.offset} on without its header`);
    }
    this.#columns = toCsvColumns(header, this.#settings.fields, at.source);
  }

  /** Learns the columns; returns where the first record begins, or -1 if the header is not whole. */
  #readHeader(bytes: Uint8Array, start: number, end: number, last: boolean, source: string): number {
    const { header } = this.#settings.csv;
    const limit = Math.min(end, start + this.#settings.maxRecordBytes + 1);
    const state = this.#row.scan(bytes, start, limit);
    const cut = state === ROW_OPEN || state === ROW_OPEN_QUOTE;
    if (cut && limit === end && !last) return -1;
    if (header === true && (this.#row.broken || (cut && (limit < end || state === ROW_OPEN_QUOTE)))) {
      throw new SegtideError('input', `${source}: row 1 is no CSV header: a quote does not close, or it is too long`);
    }
    const count = this.#row.length;
    const names =
      header === true
        ? Array.from({ length: count }, (_, i) => this.#row.text(bytes, i).trim())
        : header || Array.from({ length: count }, (_, i) => String(i + 1));
    this.#columns = toCsvColumns(names, this.#settings.fields, source);
    return header === true ? this.#row.next : start;
  }

  /** Reads rows without quotes, all of whose bytes are there; returns the start of the first other one. */
  #readPlainRows(bytes: Uint8Array, at: number, stop: number): number {
    const parsing = this.#parsing;
    const { kinds } = parsing.fields;
    const columns = this.#columns!;
    const delimiter = this.#delimiter;
    let p = at;
    while (p < stop) {
      const start = p;
      kinds.fill(ABSENT);
      let column = 0;
      for (;;) {
        const from = p;
        let c = bytes[p]!;
        if (c === QUOTE || column === columns.length) return start;
        while (c !== delimiter && c !== LF) c = bytes[++p]!;
        const field = columns[column++]!;
        if (field >= 0) this.#setField(field, bytes, from, c === LF && p > from && bytes[p - 1] === CR ? p - 1 : p);
        if (c === LF) break;
        p++;
      }
      if (column < columns.length || p - start > parsing.maxRecordBytes || p - start < 2) return start;
      parsing.accept(start, bytes[p - 1] === CR ? p - 1 : p);
      p++;
    }
    return p;
  }

  /**
   * Reads or refuses any row; returns the start of the next one, `start` itself if the row is not whole yet, or the
   * negative position up to which a row that is too large was seen.
   */
  #readRow(bytes: Uint8Array, start: number, end: number, last: boolean, valid: boolean): number {
    const parsing = this.#parsing;
    const row = this.#row;
    const tooLong = end - start > parsing.maxRecordBytes;
    const limit = tooLong ? start + parsing.maxRecordBytes + 1 : end;
    const state = row.scan(bytes, start, limit);
    if (state === ROW_OPEN_QUOTE || (state === ROW_OPEN && (tooLong || !last))) {
      if (!tooLong && !last) return start;
      const feed = bytes.subarray(0, limit).indexOf(LF, start);
      if (state === ROW_OPEN_QUOTE && (feed >= 0 || !tooLong)) {
        const after = feed < 0 ? limit : feed;
        parsing.refuse({ reason: 'unreadable', detail: 'a quote opens that does not close' }, start, after);
        return Math.min(after + 1, limit);
      }
      parsing.refuseTooLarge(start, limit);
      return -limit;
    }
    if (row.end === start) {
      parsing.row++; // a blank line
      return row.next;
    }
    const refusal = this.#flaw(bytes, start, valid);
    if (refusal) parsing.refuse({ reason: 'unreadable', detail: refusal }, start, row.end);
    else {
      this.#setFields(bytes);
      parsing.accept(start, row.end);
    }
    return row.next;
  }

  #flaw(bytes: Uint8Array, start: number, valid: boolean): string | undefined {
    const { length, end, broken } = this.#row;
    if (broken) return 'text follows a closing quote';
    const columns = this.#columns!.length;
    if (!valid && !isUtf8(bytes.subarray(start, end))) return 'the record is not valid UTF-8';
    return length === columns ? undefined : `the row has ${length} fields where there are ${columns} columns`;
  }

  #setFields(bytes: Uint8Array): void {
    const { text, fields } = this.#parsing;
    const row = this.#row;
    fields.kinds.fill(ABSENT);
    for (let column = 0; column < row.length; column++) {
      const field = this.#columns![column]!;
      if (field < 0) continue;
      if (row.doubled[column]) {
        const from = text.end;
        text.append(row.text(bytes, column));
        this.#setField(field, text.bytes, from, text.end);
      } else this.#setField(field, bytes, row.starts[column]!, row.ends[column]!);
    }
  }

  #setField(field: number, text: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    const number = this.#numeric[field] === 1 ? parseDecimal(text, start, end) : undefined;
    if (number === undefined) this.#parsing.fields.set(field, STRING, start, end);
    else this.#parsing.fields.set(field, NUMBER, start, end, number);
  }
}
