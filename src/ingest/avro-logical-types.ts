import type avsc from 'avsc';
import type { Schema, Type } from 'avsc';
import { longTypeAs, toMs } from './avro-long.js';
import type { AvroTap } from './avro-tap.js';
import { ExactNumber } from './exact-number.js';
import { LocalTime } from './local-time.js';

/** What an Avro schema says of a type, as far as it matters here. Nothing of it is checked. */
export interface AvroDefinition {
  readonly type?: unknown;
  readonly logicalType?: unknown;
  readonly precision?: unknown;
  readonly scale?: unknown;
  readonly size?: unknown;
}

/**
 * Creates what finds the type of a schema with a logical type; undefined where there is none, or it does not fit and is
 * to be passed over, as the specification wants it (1.12, "Logical types").
 *
 * @param avro the loaded package
 */
export function createLogicalTypes(
  avro: typeof avsc,
): (schema: AvroDefinition & object, options: object) => Type | undefined {
  const longs = new Map<unknown, Type>();
  for (const [unit, perMs] of Object.entries(PER_MS)) {
    longs.set(
      `timestamp-${unit}`,
      longTypeAs(avro, (value) => new Date(toMs(value, perMs))),
    );
    longs.set(
      `local-timestamp-${unit}`,
      longTypeAs(avro, (value) => new LocalTime(toMs(value, perMs))),
    );
  }

  class DateReader extends avro.types.IntType {
    _read(tap: AvroTap): LocalTime {
      return new LocalTime(tap.readLong() * 86_400_000);
    }
  }
  const decimalBytes = (precision: number, scale: number): Type =>
    new (class extends avro.types.BytesType {
      _read(tap: AvroTap): ExactNumber {
        return toDecimal(tap.readBytes(), precision, scale);
      }
    })();
  const decimalFixed = (schema: object, options: object, precision: number, scale: number): Type =>
    new (class extends avro.types.FixedType {
      _read(tap: AvroTap): ExactNumber {
        return toDecimal(tap.readFixed(this.size), precision, scale);
      }
    })(schema as Schema, options);
  class UuidReader extends avro.types.FixedType {
    _read(tap: AvroTap): string {
      return toUuid(tap.readFixed(this.size));
    }
  }

  return (schema, options) => {
    const { type, logicalType, size } = schema;
    if (type === 'long') return longs.get(logicalType);
    if (type === 'int' && logicalType === 'date') return new DateReader();
    if (type === 'fixed' && logicalType === 'uuid' && size === 16) return new UuidReader(schema as Schema, options);
    if (logicalType !== 'decimal' || (type !== 'bytes' && type !== 'fixed')) return undefined;
    const { precision, scale = 0 } = schema;
    if (!isWhole(precision, 1, MAX_PRECISION) || !isWhole(scale, 0, precision)) return undefined;
    return type === 'bytes' ? decimalBytes(precision, scale) : decimalFixed(schema, options, precision, scale);
  };
}

const PER_MS = { millis: 1, micros: 1000, nanos: 1_000_000 };

/** Of decimals: many times what a database keeps, and still quick to write as digits. */
const MAX_PRECISION = 1000;

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** @param bytes the unscaled value in two's complement, big-endian */
function toDecimal(bytes: Buffer | undefined, precision: number, scale: number): ExactNumber {
  if (bytes === undefined) throw new Error('truncated decimal');
  // A byte holds two digits and more; making digits of very many takes long.
  if (bytes.length > precision / 2 + 16) throw new Error(`a decimal of ${precision} digits has ${bytes.length} bytes`);
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x0${bytes.toString('hex')}`));
  const negative = unscaled < 0n;
  const digits = String(negative ? -unscaled : unscaled);
  if (digits.length > precision) throw new Error(`a decimal has more than ${precision} digits`);
  const padded = digits.padStart(scale + 1, '0');
  const whole = padded.slice(0, padded.length - scale);
  const text = scale === 0 ? whole : `${whole}.${padded.slice(padded.length - scale)}`;
  return new ExactNumber(negative ? `-${text}` : text);
}

function toUuid(bytes: Buffer | undefined): string {
  if (bytes === undefined) throw new Error('truncated uuid');
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
