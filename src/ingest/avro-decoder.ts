import { SegtideError } from '../errors.js';
import { avroHeader } from './avro-fingerprint.js';
import { type AvroReader, createAvroReader } from './avro-reader.js';
import type { Refusal } from './usage-columns.js';

/**
 * What precedes a record: nothing (`none`); the marker C3 01 and the schema's fingerprint (`single-object`); or a zero
 * byte and a four-byte schema id of a registry (`registry`), which is not looked up here: `createRegistryDecoder` does.
 * `auto` is `single-object` where a payload begins with the marker, else `none`.
 */
export type AvroFraming = 'auto' | 'none' | 'single-object' | 'registry';

export interface AvroDecoderOptions {
  /** @default 'auto' */
  readonly framing?: AvroFraming;
  /** Keys that are asked for, which a field may have as an alias. @default none */
  readonly keys?: ReadonlySet<string>;
}

/** Turns Avro payloads into objects for an `ObjectParser`. */
export interface AvroDecoder {
  /**
   * Finds the schemas of payloads that are decoded next; undefined where there is nothing to wait for, absent where
   * there never is.
   *
   * @throws SegtideError `transport` when they are not to be had
   */
  prepare?(payloads: Iterable<Uint8Array>): Promise<void> | undefined;
  /**
   * The record, with values as `createAvroTypes` tells, or why the payload is none; never throws but where it was not
   * prepared.
   *
   * @param unknown schema ids that count as unknown, whatever has become known since
   */
  decode(payload: Uint8Array, unknown?: ReadonlySet<number>): { readonly record: unknown } | AvroRefusal;
}

export interface AvroRefusal extends Refusal {
  /** The id of the schema, where nobody knew it: it may be known another time. */
  readonly unknownId?: number;
}

/**
 * Creates a decoder of Avro records of known schemas. avsc is loaded by the first call.
 *
 * @param schema the writer's schema, as JSON text or what it says; or a list of several, which the fingerprints before
 * the records tell apart
 * @throws SegtideError `config` if there is no schema, or it is no Avro schema, or not that of a record; or if there are
 * several and the framing can't tell which
 */
export async function createAvroDecoder(schema: unknown, options: AvroDecoderOptions = {}): Promise<AvroDecoder> {
  const framing = options.framing ?? 'auto';
  const schemas = Array.isArray(schema) ? schema : [schema];
  if (schemas.length !== 1 && framing !== 'single-object') {
    throw new SegtideError(
      'config',
      `${schemas.length} Avro schemas need the framing \`single-object\`, which tells them apart; got \`${framing}\``,
    );
  }
  const readers = await Promise.all(
    schemas.map((one) => createAvroReader(one, options.keys === undefined ? {} : { keys: options.keys })),
  );
  const only = readers[0]!;
  const byFingerprint = new Map(readers.map((reader) => [avroHeader(reader.type).readBigUInt64LE(2), reader]));

  /** The reader of a payload and the bytes before the record, or why there is none. */
  const find = (payload: Buffer): { reader: AvroReader; start: number } | AvroRefusal => {
    if (framing === 'none') return { reader: only, start: 0 };
    if (framing === 'registry') {
      if (payload.length >= REGISTRY_BYTES && payload[0] === 0) return { reader: only, start: REGISTRY_BYTES };
      return NO_REGISTRY_HEADER;
    }
    const marked = payload.length >= SINGLE_OBJECT_BYTES && payload[0] === 0xc3 && payload[1] === 0x01;
    if (!marked) {
      return framing === 'auto'
        ? { reader: only, start: 0 }
        : unreadable('the payload does not begin with the marker C3 01');
    }
    const fingerprint = payload.readBigUInt64LE(2);
    const reader = byFingerprint.get(fingerprint);
    if (reader !== undefined) return { reader, start: SINGLE_OBJECT_BYTES };
    const known = Array.from(byFingerprint.keys(), toName).join(', ');
    return unreadable(`the payload has another schema, ${toName(fingerprint)}; ${known} is configured`);
  };

  return {
    decode(payload) {
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
      const found = find(bytes);
      return 'reader' in found ? readRecord(found.reader, bytes.subarray(found.start)) : found;
    },
  };
}

/** Bytes of the wire format of schema registries before a record. */
export const REGISTRY_BYTES = 5;

const SINGLE_OBJECT_BYTES = 10;

export const NO_REGISTRY_HEADER: Refusal = unreadable(
  'the payload has no registry header (a zero byte and a four-byte schema id)',
);

/** The record of a body, or why it is none. */
export function readRecord(reader: AvroReader, body: Buffer): { readonly record: unknown } | AvroRefusal {
  try {
    return { record: reader.read(body) };
  } catch (error) {
    return unreadable(`the payload is not what the Avro schema says: ${(error as Error).message}`);
  }
}

export function unreadable(detail: string): Refusal {
  return { reason: 'unreadable', detail };
}

/** A fingerprint as it is usually written. */
function toName(fingerprint: bigint): string {
  return fingerprint.toString(16).padStart(16, '0');
}
