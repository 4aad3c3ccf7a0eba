import { isUtf8 } from 'node:buffer';
import type avsc from 'avsc';
import type { Schema, Type } from 'avsc';

/** How avsc reads the types that we read otherwise. */
export interface AvroTypes {
  /** For `Type.forSchema`: the type of a schema, or undefined where avsc's own will do. */
  readonly typeHook: (schema: Schema, options: object) => Type | undefined;
  /** To be called before a body is read. */
  begin(bytes: number): void;
}

/**
 * Creates types for reading values as an `ObjectParser` takes them:
 *
 * - a long is a number, or a bigint where a double would round it;
 * - `timestamp-millis`, `-micros` and `-nanos` are Dates, rounded down to the millisecond;
 * - a union is the value alone, whichever its branches are;
 * - a map has no prototype, so that no key means more than another.
 *
 * Bodies are not trusted: an array or a map may not claim more entries than the body has bytes, an int not more than 32
 * bits, and a string has to be UTF-8, since two ids must not become one by what replaces their broken bytes.
 *
 * @param avro the loaded package
 */
export function createAvroTypes(avro: typeof avsc): AvroTypes {
  /** How many more entries the body may have. */
  let room = 0;

  /** Length of the next block of an array or a map, 0 after the last. */
  const readCount = (tap: Tap): number => {
    let count = tap.readLong();
    if (count < 0) {
      count = -count;
      tap.skipLong(); // the block's size
    }
    room -= count;
    if (room < 0) throw new Error(`arrays and maps claim more entries than there are bytes (a block of ${count})`);
    return count;
  };

  // Types are read by `_read`, and avsc has no other hook that comes before the entries of an array.
  class ArrayReader extends avro.types.ArrayType {
    _read(tap: Tap): unknown[] {
      const array: unknown[] = [];
      for (let count = readCount(tap); count > 0; count = readCount(tap)) {
        for (let i = 0; i < count; i++) array.push(read(this.itemsType, tap));
      }
      return array;
    }
  }
  class MapReader extends avro.types.MapType {
    _read(tap: Tap): unknown {
      const map = Object.create(null) as Record<string, unknown>;
      for (let count = readCount(tap); count > 0; count = readCount(tap)) {
        for (let i = 0; i < count; i++) {
          const key = readText(tap);
          map[key] = read(this.valuesType, tap);
        }
      }
      return map;
    }
  }
  class UnionReader extends avro.types.WrappedUnionType {
    _read(tap: Tap): unknown {
      const index = tap.readLong();
      const branch = this.types[index];
      if (branch === undefined) throw new Error(`a union of ${this.types.length} has no branch ${index}`);
      return read(branch, tap);
    }
  }
  class IntReader extends avro.types.IntType {
    _read(tap: Tap): number {
      const value = tap.readLong();
      if ((value | 0) !== value) throw new Error('an int has more than 32 bits');
      return value;
    }
  }
  class StringReader extends avro.types.StringType {
    _read(tap: Tap): string {
      return readText(tap);
    }
  }
  /** A type of longs that are read as something else. The rest is for defaults, which avsc writes and nobody reads. */
  const longAs = (fromLong: (value: bigint) => unknown) =>
    avro.types.LongType.__with({
      fromBuffer: (bytes: Buffer) => fromLong(bytes.readBigInt64LE()),
      toBuffer: toLongBytes,
      fromJSON: (value: number) => value,
      toJSON: Number,
      isValid: Number.isInteger,
      compare: (a: number, b: number) => a - b,
    });
  const long = longAs(toNumber);
  const timestamps = new Map<unknown, Type>(
    Object.entries(PER_MS).map(([name, perMs]) => [name, longAs((value) => toDate(value, perMs))]),
  );

  const typeHook = (schema: Schema, options: object): Type | undefined => {
    if (Array.isArray(schema)) return new UnionReader(schema, options);
    const { type, logicalType } = (typeof schema === 'string' ? { type: schema } : schema) as Definition;
    switch (type) {
      case 'array':
        return new ArrayReader(schema, options);
      case 'map':
        return new MapReader(schema, options);
      case 'int':
        return new IntReader();
      case 'long':
        return timestamps.get(logicalType) ?? long;
      case 'string':
        return new StringReader();
      default:
        return undefined;
    }
  };
  return {
    typeHook,
    begin(bytes) {
      room = bytes;
    },
  };
}

/** Where avsc is in a body. */
interface Tap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  skipLong(): void;
  /** Undefined where the body ends within. */
  readString(): string | undefined;
}

interface Definition {
  readonly type?: unknown;
  readonly logicalType?: unknown;
}

const PER_MS = { 'timestamp-millis': 1, 'timestamp-micros': 1000, 'timestamp-nanos': 1_000_000 };

function read(type: Type, tap: Tap): unknown {
  return (type as unknown as { _read(tap: Tap): unknown })._read(tap);
}

function readText(tap: Tap): string {
  const start = tap.pos;
  const text = tap.readString();
  if (text === undefined) throw new Error('truncated string');
  if (text.includes(REPLACEMENT)) {
    const end = tap.pos;
    tap.pos = start;
    const length = tap.readLong();
    if (!isUtf8(tap.buf.subarray(end - length, end))) throw new Error('a string is not UTF-8');
    tap.pos = end;
  }
  return text;
}

/** What broken bytes are read as. */
const REPLACEMENT = '\ufffd';

function toNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function toDate(value: bigint, perMs: number): Date {
  const ticks = toNumber(value);
  if (typeof ticks === 'number') return new Date(Math.floor(ticks / perMs)); // exact for whole numbers
  const rest = value % BigInt(perMs);
  return new Date(Number((value - rest) / BigInt(perMs)) - (rest < 0n ? 1 : 0));
}

function toLongBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(value))); // 2^63 - 1 came as 2^63
  return bytes;
}
