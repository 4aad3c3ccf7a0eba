import type { DeadLetter } from '../../src/ingest/dead-letter.js';
import type { RecordParser } from '../../src/ingest/record-parser.js';
import { hashBytes } from '../../src/numeric/hash.js';
import type { MakeParsers } from '../../src/transport/file/input-parsers.js';

/**
 * The simplest parser that keeps the contract: a line is `{"id":…,"time":…,"value":…}`, all else is a dead letter.
 * Sources are tested with it so that they do not depend on what the real parsers accept.
 */
export function createJsonLineParser({
  maxRecordBytes = 1 << 20,
}: {
  readonly maxRecordBytes?: number;
} = {}): RecordParser {
  return {
    parse(bytes, start, end, at, last) {
      const ids: string[] = [];
      const starts: number[] = [];
      const ends: number[] = [];
      const times: number[] = [];
      const values: number[] = [];
      const rows: number[] = [];
      const offsets: number[] = [];
      const lines: [number, number][] = [];
      const deadLetters: DeadLetter[] = [];
      let row = at.row;
      let position = start;
      let inside = at.inside ?? false;
      const refuse = (reason: DeadLetter['reason'], from: number, to: number, truncated: boolean): void => {
        const offset = at.offset + from - start;
        const copy = bytes.slice(from, to);
        deadLetters.push({ reason, detail: 'refused', source: at.source, row, offset, bytes: copy, truncated });
      };
      while (position < end) {
        const newline = bytes.indexOf(10, position);
        const lineEnd = newline < 0 || newline >= end ? end : newline;
        const whole = lineEnd < end || last;
        if (inside) {
          position = Math.min(end, lineEnd + 1);
          if (!whole) break;
          inside = false;
          row++;
          continue;
        }
        if (lineEnd - position > maxRecordBytes) {
          refuse('too-large', position, position + 8, true);
          inside = true;
          continue;
        }
        if (!whole) break;
        const text = Buffer.from(bytes.slice(position, lineEnd)).toString();
        if (text.trim() !== '') {
          try {
            const record = JSON.parse(text) as { id: string; time: number; value: number };
            if (typeof record.time !== 'number') throw new TypeError('time');
            const idAt = position + text.indexOf(record.id);
            ids.push(record.id);
            starts.push(idAt);
            ends.push(idAt + record.id.length);
            times.push(record.time);
            values.push(record.value);
            rows.push(row);
            offsets.push(at.offset + position - start);
            lines.push([position, lineEnd]);
          } catch {
            refuse('unreadable', position, lineEnd, false);
          }
        }
        row++;
        position = Math.min(end, lineEnd + 1);
      }
      const batch = {
        length: ids.length,
        channels: 1,
        idBytes: bytes,
        idStarts: Uint32Array.from(starts),
        idEnds: Uint32Array.from(ends),
        idHashes: Int32Array.from(starts, (from, i) => hashBytes(bytes, from, ends[i]!)),
        eventTimes: Float64Array.from(times),
        values: Float64Array.from(values),
        eventIds: undefined,
        clockTimes: undefined,
        sources: [at.source],
        sourceOf: undefined,
        rows: Float64Array.from(rows),
        offsets: Float64Array.from(offsets),
        original: (i: number) => bytes.subarray(...lines[i]!),
        deadLetters,
      };
      return { batch, consumed: position - start, rows: row - at.row, inside };
    },
  };
}

export function createJsonLineParsers(settings: { readonly maxRecordBytes?: number } = {}): MakeParsers {
  return () => ({
    records: () => createJsonLineParser(settings),
    rows: () => {
      throw new Error('no rows here');
    },
    portable: { module: import.meta.url, create: 'createJsonLineParser', settings },
  });
}
