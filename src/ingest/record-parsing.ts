import type { DeadLetterReason } from './dead-letter.js';
import type { IngestSettings } from './ingest-settings.js';
import { RecordFields } from './record-fields.js';
import type { RecordPosition } from './record-parser.js';
import { RecordReader } from './record-reader.js';
import { RecordText } from './record-text.js';
import type { TimeUnitWatch } from './time-unit-watch.js';
import { type Refusal, UsageColumns } from './usage-columns.js';

/** The length to which the dead letter of a record that is too large is shortened. */
export const KEPT_BYTES = 65_536;

export const NO_BYTES = new Uint8Array(0);

/** The state that parsers of bytes share: the columns being filled and the place in the file. */
export class RecordParsing {
  readonly columns: UsageColumns;
  readonly fields: RecordFields;
  readonly reader: RecordReader;
  readonly text = new RecordText();
  readonly maxRecordBytes: number;
  bytes = NO_BYTES;
  source = '';
  /** Row of the next record. */
  row = 1;
  /** File offset minus buffer index. */
  shift = 0;

  constructor(settings: IngestSettings, watch: TimeUnitWatch) {
    this.columns = new UsageColumns(settings);
    this.fields = new RecordFields(settings.fields.length);
    this.reader = new RecordReader(settings, this.columns, watch);
    this.maxRecordBytes = settings.maxRecordBytes;
  }

  begin(bytes: Uint8Array<ArrayBuffer>, start: number, end: number, at: RecordPosition): void {
    this.columns.reset();
    this.text.begin(bytes, start, end);
    this.bytes = bytes;
    this.source = at.source;
    this.row = at.row;
    this.shift = at.offset - start;
  }

  /** Appends the record whose fields were found, or refuses it; moves on to the next row. */
  accept(start: number, end: number): void {
    const refusal = this.reader.read(this.fields, this.text.bytes);
    if (refusal) {
      this.refuse(refusal, start, end);
      return;
    }
    const n = this.columns.length - 1;
    this.columns.rows[n] = this.row++;
    this.columns.offsets[n] = start + this.shift;
    this.columns.recordStarts[n] = start;
    this.columns.recordEnds[n] = end;
  }

  refuse({ reason, detail }: Refusal, start: number, end: number): void {
    this.#bury(reason, detail, start, end, false);
  }

  refuseTooLarge(start: number, end: number): void {
    const kept = Math.min(end, start + Math.min(KEPT_BYTES, this.maxRecordBytes));
    this.#bury('too-large', `the record is longer than \`maxRecordBytes\` (${this.maxRecordBytes})`, start, kept, true);
  }

  #bury(reason: DeadLetterReason, detail: string, start: number, end: number, truncated: boolean): void {
    this.columns.deadLetters.push({
      reason,
      detail,
      source: this.source,
      row: this.row++,
      offset: start + this.shift,
      bytes: this.bytes.slice(start, end), // a copy: the buffer is the source's
      truncated,
    });
  }
}
