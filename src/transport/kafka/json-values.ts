import type { IngestSettings } from '../../ingest/ingest-settings.js';
import { createNdjsonParser } from '../../ingest/ndjson-parser.js';
import { createObjectParser } from '../../ingest/object-parser.js';
import { createTimeUnitWatch } from '../../ingest/time-unit-watch.js';
import { type FetchedRecords, LINES } from './fetched-records.js';
import { placeInTopic, type ValueParser } from './value-parser.js';

/**
 * Parses JSON values. They lie one after the other, each with a line feed behind it, so that the NDJSON parser reads many
 * in one go; they are told apart by their line numbers. Values that hold line feeds themselves are read one by one.
 */
export function createJsonValues(settings: IngestSettings): ValueParser {
  const watch = createTimeUnitWatch(settings);
  const lines = createNdjsonParser(settings, watch);
  const single = createObjectParser(settings, watch);

  return {
    parse(records, source) {
      const { bytes, valueStarts } = records;
      const count = runOf(records, false);
      if (count > 0 || records.length === 0) {
        // Offset 0 would be the begin of a file, where a byte order mark is let pass.
        const at = { source, row: 1, offset: 1, inside: false };
        const { batch, rows } = lines.parse(bytes, valueStarts[0]!, valueStarts[count]!, at, true);
        return placeInTopic(batch, records, rows, source);
      }
      const taken = runOf(records, true);
      for (let i = 0; i < taken; i++) single.appendJson(records.value(i)!, { source, row: i + 1, offset: 0 });
      return placeInTopic(single.takeBatch(), records, taken, source);
    },
  };
}

/** How many of the first values hold line feeds, or none. */
function runOf({ length, flags }: FetchedRecords, lines: boolean): number {
  let count = 0;
  while (count < length && ((flags[count]! & LINES) !== 0) === lines) count++;
  return count;
}
