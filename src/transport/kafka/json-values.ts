import type { KafkaMessage } from 'kafkajs';
import type { IngestSettings } from '../../ingest/ingest-settings.js';
import { createNdjsonParser } from '../../ingest/ndjson-parser.js';
import { createObjectParser } from '../../ingest/object-parser.js';
import { createTimeUnitWatch } from '../../ingest/time-unit-watch.js';
import { placeInTopic, type ValueParser } from './value-parser.js';

/**
 * Parses JSON values. Many records are joined by line feeds and read by the NDJSON parser in one go, then told apart
 * by their line numbers; values that hold line feeds themselves are read one by one.
 */
export function createJsonValues(settings: IngestSettings): ValueParser {
  const watch = createTimeUnitWatch(settings);
  const lines = createNdjsonParser(settings, watch);
  const single = createObjectParser(settings, watch);
  let buffer = Buffer.allocUnsafe(64 * 1024);

  /** Copies values up to the first that is more than a line, and answers where the last line ends. */
  const join = (records: readonly KafkaMessage[]): number => {
    let end = 0;
    for (const { value } of records) {
      const length = value?.length ?? 0;
      if (value?.includes(LINE_FEED)) break;
      if (end + length + 1 > buffer.length) buffer = grown(buffer, end, end + length + 1);
      if (value !== null) buffer.set(value, end);
      end += length;
      buffer[end++] = LINE_FEED;
    }
    return end;
  };

  return {
    parse(records, source) {
      const end = join(records);
      if (end > 0 || records.length === 0) {
        // Offset 0 would be the begin of a file, where a byte order mark is let pass.
        const { batch, rows } = lines.parse(buffer, 0, end, { source, row: 1, offset: 1, inside: false }, true);
        return placeInTopic(batch, records, rows, source);
      }
      let taken = 0;
      while (records[taken]?.value?.includes(LINE_FEED)) {
        single.appendJson(records[taken]!.value!, { source, row: ++taken, offset: 0 });
      }
      return placeInTopic(single.takeBatch(), records, taken, source);
    },
  };
}

const LINE_FEED = 0x0a;

function grown(buffer: Buffer, used: number, needed: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(Math.max(needed, buffer.length * 2));
  larger.set(buffer.subarray(0, used));
  return larger;
}
