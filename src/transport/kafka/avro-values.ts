import { type AvroDecoderOptions, createAvroDecoder } from '../../ingest/avro-decoder.js';
import type { IngestSettings } from '../../ingest/ingest-settings.js';
import { createObjectParser } from '../../ingest/object-parser.js';
import { placeInTopic, type ValueParser } from './value-parser.js';

export interface AvroValuesOptions extends AvroDecoderOptions {
  /** The schema that values were written with, as JSON text or an object. A record. */
  readonly schema: string | object;
}

/**
 * Creates a parser of Avro values. avsc is loaded by the first call.
 *
 * @throws SegtideError `config` where the schema can't be read or is no record
 */
export async function createAvroValues(settings: IngestSettings, options: AvroValuesOptions): Promise<ValueParser> {
  const decoder = await createAvroDecoder(options.schema, options);
  const objects = createObjectParser(settings);

  return {
    parse(records, source) {
      for (const [i, { value }] of records.entries()) {
        // Left out here, a record without a value is noticed where records are counted.
        if (value === null || value.length === 0) continue;
        const at = { source, row: i + 1, offset: 0 };
        const decoded = decoder.decode(value);
        if ('record' in decoded) objects.append(decoded.record, at, value);
        else objects.refuse(decoded, at, value);
      }
      return placeInTopic(objects.takeBatch(), records, records.length, source);
    },
  };
}
