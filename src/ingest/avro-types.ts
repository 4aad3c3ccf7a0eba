import { isUtf8 } from 'node:buffer';
import type avsc from 'avsc';
import type { Schema, Type } from 'avsc';
import { type AvroDefinition, createLogicalTypes } from './avro-logical-types.js';
import { longTypeAs, toNumber } from './avro-long.js';
import { type AvroTap, readValue } from './avro-tap.js';

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
 * - a long is a number, or a bigint where a double would round it; a decimal is an `ExactNumber`;
 * - `timestamp-millis`, `-micros` and `-nanos` are Dates, rounded down to the millisecond; with `local-` before them
 *   they are LocalTimes, and so is a `date`, at midnight;
 * - a `uuid` is its text, also where it is written as 16 bytes;
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
  const readCount = (tap: AvroTap): number => {
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
    _read(tap: AvroTap): unknown[] {
      const array: unknown[] = [];
      for (let count = readCount(tap); count > 0; count = readCount(tap)) {
        for (let i = 0; i < count; i++) array.push(readValue(this.itemsType, tap));
      }
      return array;
    }
  }
  class MapReader extends avro.types.MapType {
    _read(tap: AvroTap): unknown {
      const map = Object.create(null) as Record<string, unknown>;
      for (let count = readCount(tap); count > 0; count = readCount(tap)) {
        for (let i = 0; i < count; i++) {
          const key = readText(tap);
          map[key] = readValue(this.valuesType, tap);
        }
      }
      return map;
    }
  }
  class UnionReader extends avro.types.WrappedUnionType {
    _read(tap: AvroTap): unknown {
      const index = tap.readLong();
      const branch = this.types[index];
      if (branch === undefined) throw new Error(`a union of ${this.types.length} has no branch ${index}`);
      return readValue(branch, tap);
    }
  }
  class IntReader extends avro.types.IntType {
    _read(tap: AvroTap): number {
      const value = tap.readLong();
      if ((value | 0) !== value) throw new Error('an int has more than 32 bits');
      return value;
    }
  }
  class StringReader extends avro.types.StringType {
    _read(tap: AvroTap): string {
      return readText(tap);
    }
  }
  const long = longTypeAs(avro, toNumber);
  const logicalTypeOf = createLogicalTypes(avro);

  const typeHook = (schema: Schema, options: object): Type | undefined => {
    if (Array.isArray(schema)) return new UnionReader(schema, options);
    const definition = (typeof schema === 'string' ? { type: schema } : schema) as AvroDefinition;
    const logical = logicalTypeOf(definition, options);
    if (logical !== undefined) return logical;
    switch (definition.type) {
      case 'array':
        return new ArrayReader(schema, options);
      case 'map':
        return new MapReader(schema, options);
      case 'int':
        return new IntReader();
      case 'long':
        return long;
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

function readText(tap: AvroTap): string {
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
