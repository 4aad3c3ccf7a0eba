import { toOuterKeys } from './field-tree.js';
import type { IngestSettings } from './ingest-settings.js';
import { createObjectParser } from './object-parser.js';
import type { RecordPosition } from './record-parser.js';
import type { TimeUnitWatch } from './time-unit-watch.js';
import type { UsageBatch } from './usage-batch.js';

/** Turns rows of a table that are objects, as Parquet files give them, into usage events. */
export interface RowParser {
  /** The top-level columns that are read. */
  readonly columns: readonly string[];
  /**
   * `at` is the place of `rows[0]`; the others follow one by one. The batch is valid until the next call and keeps the
   * rows, from which `original` makes JSON.
   *
   * @throws SegtideError `config` where the time unit is evidently wrong
   */
  parse(rows: readonly unknown[], at: RecordPosition): UsageBatch;
}

/** Creates a parser of rows. */
export function createRowParser(settings: IngestSettings, watch?: TimeUnitWatch): RowParser {
  const parser = createObjectParser(settings, watch);
  return {
    columns: toOuterKeys(settings.fields),
    parse(rows, { source, row, offset }) {
      for (const [i, record] of rows.entries()) parser.append(record, { source, row: row + i, offset: offset + i });
      return parser.takeBatch();
    },
  };
}
