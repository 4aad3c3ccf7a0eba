import { SegtideError } from '../errors.js';
import {
  type AvroDecoder,
  type AvroRefusal,
  NO_REGISTRY_HEADER,
  REGISTRY_BYTES,
  readRecord,
  unreadable,
} from './avro-decoder.js';
import { type AvroReader, createAvroReader } from './avro-reader.js';
import { RecentMap } from './recent-map.js';
import type { SchemaSource } from './schema-source.js';

export interface RegistryDecoderOptions {
  /** Keys that are asked for, which a field may have as an alias. @default none */
  readonly keys?: ReadonlySet<string>;
}

/**
 * Creates a decoder of Avro records in the wire format of schema registries: a zero byte, the four-byte id of the
 * writer's schema, the record. Each record is read as it was written, whatever came before it, and fields are taken by
 * name: fields that were added are passed over, and one that is gone is missing in its record alone.
 *
 * Payloads are to be prepared before they are decoded.
 */
export function createRegistryDecoder(schemas: SchemaSource, options: RegistryDecoderOptions = {}): AvroDecoder {
  /** What an id stands for, for good: a reader, or why its schema can't be used. */
  const known = new RecentMap<number, AvroReader | AvroRefusal>(MAX_READERS);
  /** Ids that the source did not know when it was last asked. */
  const absent = new RecentMap<number, AvroRefusal>(MAX_READERS);
  let prepared = false;

  const learn = async (id: number): Promise<void> => {
    const found = await schemas.find(id);
    if ('missing' in found) {
      absent.set(id, { ...unreadable(`the payload's schema, id ${id}, ${found.missing}`), unknownId: id });
      return;
    }
    try {
      known.set(id, await createAvroReader(found.schema, { ...options, references: found.references }));
    } catch (error) {
      known.set(id, unreadable(`the payload's schema, id ${id}, is of no use: ${(error as Error).message}`));
    }
  };

  return {
    prepare(payloads) {
      const ids = new Set<number>();
      prepared = true;
      for (const payload of payloads) {
        const id = idOf(payload);
        if (id !== undefined && ids.size < MAX_NEW_IDS && known.get(id) === undefined) ids.add(id);
      }
      return ids.size === 0 ? undefined : Promise.all(Array.from(ids, learn)).then(() => undefined);
    },
    decode(payload, unknown) {
      const id = idOf(payload);
      if (id === undefined) return NO_REGISTRY_HEADER;
      if (unknown?.has(id)) return { ...unreadable(`the payload's schema, id ${id}, was not known`), unknownId: id };
      const found = known.get(id) ?? absent.get(id);
      if (found === undefined) {
        if (!prepared) throw new SegtideError('accounting', 'Avro payloads were decoded before they were prepared');
        const detail = `the payload's schema, id ${id}, was not looked up: more than ${MAX_NEW_IDS} new ids at once`;
        return { ...unreadable(detail), unknownId: id };
      }
      if ('reason' in found) return found;
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
      return readRecord(found, bytes.subarray(REGISTRY_BYTES));
    },
  };
}

/** Readers that are kept. A topic has as many schemas as its producers have versions: a handful. */
const MAX_READERS = 500;

/** Ids that are looked up for one batch. More can't be honest, and the registry has others to serve. */
const MAX_NEW_IDS = 250;

function idOf(payload: Uint8Array): number | undefined {
  if (payload.length < REGISTRY_BYTES || payload[0] !== 0) return undefined;
  return ((payload[1]! << 24) | (payload[2]! << 16) | (payload[3]! << 8) | payload[4]!) >>> 0;
}
