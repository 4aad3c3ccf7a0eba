import type { KafkaMessage } from 'kafkajs';
import type { DeadLetter } from '../../ingest/dead-letter.js';
import type { RecordParser } from '../../ingest/record-parser.js';
import type { UsageBatch } from '../../ingest/usage-batch.js';
import type { ValueParser } from './value-parser.js';

/**
 * Parses JSON values: many records are joined by line feeds and read by the NDJSON parser in one go, then told apart
 * by their line numbers. A value that holds line feeds itself is rewritten as one line first.
 */
export function createJsonValues(lines: RecordParser): ValueParser {
  const joined = createJoinedValues();
  let recordOf = new Uint32Array(0);
  return {
    parse(records, source) {
      const bytes = joined.join(records);
      const parsed = lines.parse(bytes, 0, joined.end, { source, row: 1, offset: 0 }, true);
      const { batch } = parsed;
      const taken = parsed.rows;
      if (recordOf.length < batch.length) recordOf = new Uint32Array(batch.length * 2);
      const offsets = new Float64Array(batch.length);
      const rows = new Float64Array(batch.length);
      const dealt = new Uint8Array(taken);
      for (let i = 0; i < batch.length; i++) {
        const record = batch.rows[i]! - 1;
        recordOf[i] = record;
        dealt[record] = 1;
        offsets[i] = Number(records[record]!.offset);
        rows[i] = offsets[i]! + 1;
      }
      const deadLetters: DeadLetter[] = batch.deadLetters.map((letter) => {
        const record = records[letter.row - 1]!;
        dealt[letter.row - 1] = 1;
        return { ...letter, ...place(record), bytes: shortened(record, letter) };
      });
      // The line parser skips blank lines; a record without a value is a record all the same.
      for (let record = 0; record < taken; record++) {
        if (dealt[record] === 0) deadLetters.push(blank(records[record]!, source, joined.flaws.get(record)));
      }
      deadLetters.sort((a, b) => a.offset - b.offset);
      const original = (i: number) => records[recordOf[i]!]!.value!;
      return { batch: { ...columnsOf(batch), offsets, rows, deadLetters, original }, taken, recordOf };
    },
  };
}

function createJoinedValues() {
  let bytes = Buffer.allocUnsafe(64 * 1024);
  const joined = {
    end: 0,
    /** Why a value could not be made one line, by record. */
    flaws: new Map<number, string>(),
    join(records: readonly KafkaMessage[]): Uint8Array {
      joined.flaws.clear();
      let size = 0;
      for (const { value } of records) size += (value?.length ?? 0) + 1;
      if (bytes.length < size) bytes = Buffer.allocUnsafe(size * 2);
      let end = 0;
      for (let i = 0; i < records.length; i++) {
        const { value } = records[i]!;
        if (value !== null) {
          if (!value.includes(LINE_FEED)) {
            bytes.set(value, end);
            end += value.length;
          } else {
            const flaw = flawOf(value);
            if (flaw === undefined) end = copyAsOneLine(value, bytes, end);
            else joined.flaws.set(i, flaw);
          }
        }
        bytes[end++] = LINE_FEED;
      }
      joined.end = end;
      return bytes;
    },
  };
  return joined;
}

const LINE_FEED = 0x0a;
const SPACE = 0x20;

function flawOf(value: Buffer): string | undefined {
  try {
    JSON.parse(value.toString());
    return undefined;
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
}

/** In JSON a line feed stands only between tokens, where a space means the same. */
function copyAsOneLine(value: Buffer, into: Buffer, start: number): number {
  let end = start;
  for (const byte of value) into[end++] = byte === LINE_FEED ? SPACE : byte;
  return end;
}

function place(record: KafkaMessage): { row: number; offset: number } {
  const offset = Number(record.offset);
  return { row: offset + 1, offset };
}

/** The record's own bytes: those of the line may be in a buffer that is written again, and differ by a line feed. */
function shortened({ value }: KafkaMessage, letter: DeadLetter): Uint8Array {
  return letter.truncated ? value!.subarray(0, letter.bytes.length) : value!;
}

function blank(record: KafkaMessage, source: string, flaw: string | undefined): DeadLetter {
  const detail = record.value === null ? 'the record has no value (a tombstone)' : 'the value is empty or blank';
  const bytes = record.value ?? new Uint8Array(0);
  return { reason: 'unreadable', detail: flaw ?? detail, source, ...place(record), bytes, truncated: false };
}

/** The columns that stay as the line parser made them. */
function columnsOf({
  length,
  channels,
  idBytes,
  idStarts,
  idEnds,
  idHashes,
  eventTimes,
  values,
  eventIds,
  clockTimes,
  sources,
  sourceOf,
}: UsageBatch) {
  return {
    length,
    channels,
    idBytes,
    idStarts,
    idEnds,
    idHashes,
    eventTimes,
    values,
    eventIds,
    clockTimes,
    sources,
    sourceOf,
  };
}
