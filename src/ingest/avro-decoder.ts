import { avroHeader } from './avro-fingerprint.js';
import { createAvroReader } from './avro-reader.js';
import type { Refusal } from './usage-columns.js';

/**
 * What precedes a record: nothing (`none`); the marker C3 01 and the schema's fingerprint (`single-object`); or a zero
 * byte and a four-byte schema id of a registry (`registry`), whose id is not looked up. `auto` is `single-object` where
 * a payload begins with the marker, else `none`.
 */
export type AvroFraming = 'auto' | 'none' | 'single-object' | 'registry';

export interface AvroDecoderOptions {
  /** @default 'auto' */
  readonly framing?: AvroFraming;
}

/** Turns Avro payloads into objects for an `ObjectParser`. */
export interface AvroDecoder {
  /** The record, with values as `createAvroTypes` tells, or why the payload is none; never throws. */
  decode(payload: Uint8Array): { readonly record: unknown } | Refusal;
}

/**
 * Creates a decoder of Avro records of one schema. avsc is loaded by the first call.
 *
 * @param schema the writer's schema: JSON text, or what it says
 * @throws SegtideError `config` if there is no schema, or it is no Avro schema, or not that of a record
 */
export async function createAvroDecoder(schema: unknown, options: AvroDecoderOptions = {}): Promise<AvroDecoder> {
  const reader = await createAvroReader(schema);
  const header = avroHeader(reader.type);
  const framing = options.framing ?? 'auto';

  /** Bytes before the record, or why there is none. */
  const measure = (payload: Buffer): number | Refusal => {
    if (framing === 'none') return 0;
    if (framing === 'registry') {
      if (payload.length >= REGISTRY_BYTES && payload[0] === 0) return REGISTRY_BYTES;
      return unreadable('the payload has no registry header (a zero byte and a four-byte schema id)');
    }
    const marked = payload.length >= header.length && payload[0] === header[0] && payload[1] === header[1];
    if (!marked) return framing === 'auto' ? 0 : unreadable('the payload does not begin with the marker C3 01');
    if (payload.subarray(0, header.length).equals(header)) return header.length;
    return unreadable(`the payload has another schema, ${nameOf(payload)}; ${nameOf(header)} is configured`);
  };

  return {
    decode(payload) {
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
      const start = measure(bytes);
      if (typeof start !== 'number') return start;
      try {
        return { record: reader.read(bytes.subarray(start)) };
      } catch (error) {
        return unreadable(`the payload is not what the Avro schema says: ${(error as Error).message}`);
      }
    },
  };
}

const REGISTRY_BYTES = 5;

function unreadable(detail: string): Refusal {
  return { reason: 'unreadable', detail };
}

/** The fingerprint in a header, as it is usually written. */
function nameOf(header: Buffer): string {
  return header.readBigUInt64LE(2).toString(16).padStart(16, '0');
}
