import type { Schema, Type } from 'avsc';
import { SegtideError } from '../../errors.js';

/**
 * Makes a reader of records from an Avro schema, given as JSON text or as an object. Longs beyond 2^53 are bigints, so
 * that no id is rounded; timestamps are Dates, whose unit the schema tells. avsc is loaded by the first call.
 *
 * @throws SegtideError `config` where the schema can't be read or is no record
 */
export async function createAvroReader(schema: string | object): Promise<Type> {
  const { default: avro } = await import('avsc');
  const long = avro.types.LongType.__with({
    fromBuffer: (bytes: Buffer) => narrowed(bytes.readBigInt64LE()),
    toBuffer: (value: number | bigint) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(value));
      return bytes;
    },
    fromJSON: (value: number) => narrowed(BigInt(value)),
    toJSON: Number,
    isValid: (value: unknown) => typeof value === 'bigint' || Number.isSafeInteger(value),
    compare: (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0),
  });
  const timestamp = (perMs: number) =>
    class extends avro.types.LogicalType {
      protected override _fromValue(value: number | bigint): Date {
        return new Date(Math.floor(Number(value) / perMs));
      }
      protected override _toValue(value: Date): number {
        return value.getTime() * perMs;
      }
      protected override _resolve(): undefined {
        return undefined;
      }
    };
  let type: Type;
  try {
    type = avro.Type.forSchema((typeof schema === 'string' ? JSON.parse(schema) : schema) as Schema, {
      registry: { long },
      logicalTypes: { 'timestamp-millis': timestamp(1), 'timestamp-micros': timestamp(1000) },
    });
  } catch (cause) {
    throw new SegtideError('config', `the Avro schema can't be read: ${(cause as Error).message}`, { cause });
  }
  if (type.typeName !== 'record') {
    throw new SegtideError(
      'config',
      `the Avro schema must be of a record, with the mapped fields; got ${type.typeName}`,
    );
  }
  return type;
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
