import { createCsvParser } from '../../ingest/csv-parser.js';
import type { IngestSettings } from '../../ingest/ingest-settings.js';
import { createNdjsonParser } from '../../ingest/ndjson-parser.js';
import type { RecordParser } from '../../ingest/record-parser.js';
import { createRowParser } from '../../ingest/row-parser.js';
import { createTimeUnitWatch, type TimeUnitWatch } from '../../ingest/time-unit-watch.js';
import type { MakeParsers } from './input-parsers.js';

/**
 * The parsers of a file source, by a field mapping.
 *
 * One time-unit watch looks at all files, so that an odd file among good ones is no reason to stop. A resumed input is
 * not judged again: what is left of it may be its odd end.
 *
 * @example
 * const source = await createFileSource({ paths: ['usage/*.ndjson'] }, createIngestParsers(resolveIngest(mapping)));
 */
export function createIngestParsers(settings: IngestSettings): MakeParsers {
  return (resumed) => {
    const watch = resumed ? TRUSTING : createTimeUnitWatch(settings);
    return {
      records: (format) => (format === 'csv' ? createCsvParser(settings, watch) : createNdjsonParser(settings, watch)),
      rows: () => createRowParser(settings, watch),
      portable: { module: import.meta.url, create: 'createThreadParser', settings: { settings, resumed } },
      end: () => watch.end(),
    };
  };
}

/** What a parser thread is started with. */
export interface ThreadParserSettings {
  readonly settings: IngestSettings;
  readonly resumed: boolean;
}

/**
 * Makes the NDJSON parser of a parser thread, which sees a part of the input and does not judge it at its end.
 *
 * @public called by name, from the thread
 */
export function createThreadParser({ settings, resumed }: ThreadParserSettings): RecordParser {
  return createNdjsonParser(settings, resumed ? TRUSTING : createTimeUnitWatch(settings));
}

const TRUSTING: TimeUnitWatch = { decided: true, accepted() {}, refused() {}, end() {} };
