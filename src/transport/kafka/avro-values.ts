import { type AvroDecoder, type AvroFraming, createAvroDecoder } from '../../ingest/avro-decoder.js';
import type { IngestSettings } from '../../ingest/ingest-settings.js';
import { createObjectParser } from '../../ingest/object-parser.js';
import { createRegistryDecoder } from '../../ingest/registry-decoder.js';
import type { SchemaSource } from '../../ingest/schema-source.js';
import type { FetchedRecords } from './fetched-records.js';
import { placeInTopic, type ValueParser } from './value-parser.js';

export interface AvroValuesOptions {
  /**
   * The schema that values were written with, as JSON text or an object; a record. With the framing `single-object` it
   * may be a list of several. Not needed with `registry`.
   */
  readonly schema?: string | object | readonly (string | object)[];
  /** @default 'auto', or 'registry' with `registry` */
  readonly framing?: AvroFraming;
  /** Where the schemas are whose ids precede the records, such as `createRegistryClient` makes it. */
  readonly registry?: SchemaSource;
}

/**
 * Creates a parser of Avro values. avsc is loaded by the first call.
 *
 * @throws SegtideError `config` where the schema can't be read or is no record
 */
export async function createAvroValues(settings: IngestSettings, options: AvroValuesOptions): Promise<ValueParser> {
  const decoder = await toAvroDecoder(settings, options);
  const objects = createObjectParser(settings);
  const { prepare } = decoder;

  return {
    ...(prepare && { prepare: (records) => prepare(valuesOf(records)) }),
    parse(records, source, unknownBefore) {
      const unknownIds = new Set<number>();
      for (let i = 0; i < records.length; i++) {
        const value = records.value(i);
        // Left out here, a record without a value is noticed where records are counted.
        if (value === null || value.length === 0) continue;
        const at = { source, row: i + 1, offset: 0 };
        const decoded = decoder.decode(value, unknownBefore);
        if ('record' in decoded) objects.append(decoded.record, at, value);
        else {
          objects.refuse(decoded, at, value);
          if (decoded.unknownId !== undefined) unknownIds.add(decoded.unknownId);
        }
      }
      const parsed = placeInTopic(objects.takeBatch(), records, records.length, source);
      return unknownIds.size === 0 ? parsed : { ...parsed, unknownIds };
    },
  };
}

/** The decoder that the options ask for, which knows the mapped fields by their aliases too. */
export async function toAvroDecoder(
  settings: IngestSettings,
  { schema, framing, registry }: AvroValuesOptions,
): Promise<AvroDecoder> {
  const keys = new Set(settings.fields.flatMap(({ path }) => path));
  if (registry !== undefined) return createRegistryDecoder(registry, { keys });
  return createAvroDecoder(schema, { keys, ...(framing !== undefined && { framing }) });
}

function* valuesOf(records: FetchedRecords): Generator<Uint8Array> {
  for (let i = 0; i < records.length; i++) yield records.value(i) ?? NOTHING;
}

const NOTHING = new Uint8Array(0);
