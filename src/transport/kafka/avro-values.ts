import type { IngestSettings } from '../../ingest/ingest-settings.js';
import { createObjectParser } from '../../ingest/object-parser.js';
import { avroFingerprint } from '../../publish/avro-fingerprint.js';
import { createAvroReader } from './avro-reader.js';
import { placeInTopic, type ValueParser } from './value-parser.js';

export interface AvroValuesOptions {
  /** The schema that values were written with, as JSON text or an object. A record. */
  readonly schema: string | object;
  /**
   * What precedes a record: nothing (`none`); the marker C3 01 and the schema's fingerprint (`single-object`); or a zero
   * byte and a four-byte schema id of a registry (`registry`), whose id is not looked up. `auto` tells the second from
   * the first by its ten bytes. @default 'auto'
   */
  readonly framing?: 'auto' | 'none' | 'single-object' | 'registry';
}

/**
 * Creates a parser of Avro values. avsc is loaded by the first call.
 *
 * @throws SegtideError `config` where the schema can't be read or is no record
 */
export async function createAvroValues(settings: IngestSettings, options: AvroValuesOptions): Promise<ValueParser> {
  const type = await createAvroReader(options.schema);
  const header = Buffer.concat([Buffer.from([0xc3, 0x01]), avroFingerprint(type)]);
  const framing = options.framing ?? 'auto';
  const objects = createObjectParser(settings);

  const unframed = (value: Buffer): Buffer => {
    if (framing === 'none') return value;
    if (framing === 'registry') {
      if (value[0] !== 0 || value.length < 5) throw new Error('no registry header (a zero byte and a schema id)');
      return value.subarray(5);
    }
    if (value.subarray(0, header.length).equals(header)) return value.subarray(header.length);
    if (framing === 'auto') return value;
    throw new Error('written with another schema: the single-object header has another fingerprint, or is missing');
  };

  return {
    parse(records, source) {
      for (const [i, { value }] of records.entries()) {
        const at = { source, row: i + 1, offset: 0 };
        // Left out here, a record without a value is noticed where records are counted.
        if (value === null || value.length === 0) continue;
        let record: unknown;
        try {
          record = type.fromBuffer(unframed(value));
        } catch (error) {
          objects.refuse(
            { reason: 'unreadable', detail: `not Avro of this schema: ${(error as Error).message}` },
            at,
            value,
          );
          continue;
        }
        objects.append(record, at, value);
      }
      return placeInTopic(objects.takeBatch(), records, records.length, source);
    },
  };
}
