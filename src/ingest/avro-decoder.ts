import { SegtideError } from '../errors.js';
import { avroFingerprint } from './avro-fingerprint.js';
import type { Refusal } from './usage-columns.js';

/** How payloads are framed. `auto`: single-object where a payload begins with its marker, else bare. */
export type AvroFraming = 'auto' | 'single-object' | 'bare';

export interface AvroDecoderOptions {
  /** @default 'auto' */
  readonly framing?: AvroFraming;
}

/** Turns Avro payloads into objects for an `ObjectParser`. */
export interface AvroDecoder {
  /** The record, or why the payload is none; never throws. A long beyond 2^53 is a bigint. */
  decode(payload: Uint8Array): { readonly record: unknown } | Refusal;
}

/**
 * Creates a decoder of Avro records: single-object encoding (the marker C3 01, the schema's CRC-64 fingerprint, the
 * body), or the body alone. Loads `avsc`, which nothing else does.
 *
 * @param schema the writer's schema: an object, or its JSON text
 * @throws SegtideError `config` if there is no schema, or it is no Avro schema
 */
export async function createAvroDecoder(schema: unknown, options: AvroDecoderOptions = {}): Promise<AvroDecoder> {
  if (schema === undefined) {
    throw new SegtideError('config', 'Avro records need the schema that they were written with; none is configured');
  }
  const { default: avro } = await import('avsc');
  // avsc refuses a long that a double can't hold, unless it is told what to make of it.
  const long = avro.types.LongType.__with({
    fromBuffer: (bytes: Buffer) => {
      const value = bytes.readBigInt64LE();
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    },
    toBuffer: (value: number | bigint) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(value));
      return bytes;
    },
    fromJSON: (value: number) => value,
    toJSON: (value: number | bigint) => Number(value),
    isValid: (value: unknown) => typeof value === 'bigint' || Number.isSafeInteger(value),
    compare: (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0),
  });
  const type = parse(() => avro.Type.forSchema(toSchema(schema), { registry: { long }, wrapUnions: false }));
  const fingerprint = avroFingerprint(JSON.stringify(type.schema()));
  const framing = options.framing ?? 'auto';

  return {
    decode(payload) {
      let body = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
      const marked = body.length >= HEADER && body[0] === 0xc3 && body[1] === 0x01;
      if (framing === 'single-object' && !marked) return unreadable('the payload does not begin with the marker C3 01');
      if (framing !== 'bare' && marked) {
        const found = body.readBigUInt64LE(2);
        if (found !== fingerprint) {
          return unreadable(`the payload has schema ${hex(found)}, where ${hex(fingerprint)} is configured`);
        }
        body = body.subarray(HEADER);
      }
      try {
        return { record: type.fromBuffer(body) as unknown };
      } catch (error) {
        return unreadable(`the payload is not what the Avro schema says: ${(error as Error).message}`);
      }
    },
  };
}

/** Bytes before the body of the single-object encoding. */
const HEADER = 10;

type Schema = Parameters<typeof import('avsc').Type.forSchema>[0];

function toSchema(schema: unknown): Schema {
  return (typeof schema === 'string' && schema.trimStart().startsWith('{') ? JSON.parse(schema) : schema) as Schema;
}

function parse<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw new SegtideError('config', `the Avro schema is not valid: ${(cause as Error).message}`, { cause });
  }
}

function unreadable(detail: string): Refusal {
  return { reason: 'unreadable', detail };
}

function hex(fingerprint: bigint): string {
  return fingerprint.toString(16).padStart(16, '0');
}
