import type { IHeaders, KafkaMessage } from 'kafkajs';

/**
 * Records of a topic's partition as columns, with bytes of their own: objects, and views that keep the broker's whole
 * answer, would be most of what a collection of garbage has to look at.
 */
export interface FetchedRecords extends RecordColumns {
  readonly length: number;
  offset(i: number): bigint;
  key(i: number): Buffer | null;
  value(i: number): Buffer | null;
  /** Undefined where there are none. */
  headers(i: number): IHeaders | undefined;
  /** What the records of a range take in memory, about. */
  size(from: number, to: number): number;
  /** The records of a range, on the same bytes. */
  slice(from: number, to: number): FetchedRecords;
  /** For the few, such as those of inner topics: makes an object of each. */
  [Symbol.iterator](): Iterator<FetchedRecord>;
}

export interface FetchedRecord {
  readonly offset: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders | undefined;
}

export interface RecordColumns {
  /**
   * The values one after the other, each with a line feed behind it, and then the keys. Value i is
   * `bytes[valueStarts[i], valueStarts[i + 1] - 1)`, key i is `bytes[keyStarts[i], keyStarts[i + 1])`.
   */
  readonly bytes: Buffer;
  readonly valueStarts: Uint32Array; // (length + 1)
  readonly keyStarts: Uint32Array; // (length + 1)
  /** Of each record, as sums of `NO_VALUE`, `NO_KEY` and `LINES`. */
  readonly flags: Uint8Array; // (length)
  /** Offset that `steps` count from. */
  readonly origin: bigint;
  readonly steps: Float64Array; // (length)
}

/** A record has no value: it is a tombstone. Of its bytes there are none then. */
export const NO_VALUE = 1;
export const NO_KEY = 2;
/** A value holds line feeds itself. */
export const LINES = 4;

/** Behind each value. */
export const LINE_FEED = 0x0a;

/** @param headers of each record, undefined where none has any */
export function fetchedColumns(
  columns: RecordColumns,
  headers: readonly (IHeaders | undefined)[] | undefined,
): FetchedRecords {
  return new Columns(columns, headers);
}

/**
 * Makes columns of records that are objects already.
 *
 * @param records ascending by their offsets
 */
export function toFetchedRecords(
  records: readonly Pick<KafkaMessage, 'key' | 'value' | 'offset' | 'headers'>[],
): FetchedRecords {
  const { length } = records;
  let valueBytes = length;
  let keyBytes = 0;
  for (const { key, value } of records) {
    if (value !== null) valueBytes += value.length;
    if (key !== null) keyBytes += key.length;
  }
  const bytes = Buffer.allocUnsafeSlow(valueBytes + keyBytes);
  const valueStarts = new Uint32Array(length + 1);
  const keyStarts = new Uint32Array(length + 1);
  const flags = new Uint8Array(length);
  let headers: (IHeaders | undefined)[] | undefined;
  let end = 0;
  let keyEnd = valueBytes;
  keyStarts[0] = keyEnd;
  for (let i = 0; i < length; i++) {
    const record = records[i]!;
    const { key, value } = record;
    if (value === null) flags[i] = NO_VALUE;
    else {
      bytes.set(value, end);
      if (value.includes(LINE_FEED)) flags[i] = LINES;
      end += value.length;
    }
    bytes[end++] = LINE_FEED;
    valueStarts[i + 1] = end;
    if (key === null) flags[i]! |= NO_KEY;
    else {
      bytes.set(key, keyEnd);
      keyEnd += key.length;
    }
    keyStarts[i + 1] = keyEnd;
    for (const _ in record.headers) {
      headers ??= new Array(length);
      headers[i] = detached(record.headers);
      break;
    }
  }
  const origin = length === 0 ? 0n : BigInt(records[0]!.offset);
  const steps = Float64Array.from(records, ({ offset }) => Number(BigInt(offset) - origin));
  return new Columns({ bytes, valueStarts, keyStarts, flags, origin, steps }, headers);
}

/** Puts records together that follow each other, in new bytes where they are of several. */
export function joinRecords(parts: readonly FetchedRecords[]): FetchedRecords {
  const some = parts.filter(({ length }) => length > 0);
  if (some.length === 1) return some[0]!;
  const length = some.reduce((sum, part) => sum + part.length, 0);
  const valueStarts = new Uint32Array(length + 1);
  const keyStarts = new Uint32Array(length + 1);
  const flags = new Uint8Array(length);
  const steps = new Float64Array(length);
  const headers: (IHeaders | undefined)[] = [];
  const origin = some[0]?.offset(0) ?? 0n;
  const pieces: Uint8Array[] = [];
  /** Puts down the bytes of all values, or of all keys, and where they begin. */
  const gather = (starts: Uint32Array, from: 'valueStarts' | 'keyStarts', begin: number): number => {
    let row = 0;
    let end = begin;
    for (const part of some) {
      const first = part[from][0]!;
      const last = part[from][part.length]!;
      pieces.push(part.bytes.subarray(first, last));
      for (let i = 0; i <= part.length; i++) starts[row + i] = part[from][i]! - first + end;
      row += part.length;
      end += last - first;
    }
    return end;
  };
  gather(keyStarts, 'keyStarts', gather(valueStarts, 'valueStarts', 0));
  let row = 0;
  for (const part of some) {
    flags.set(part.flags, row);
    const shift = Number(part.origin - origin);
    for (let i = 0; i < part.length; i++) {
      steps[row] = part.steps[i]! + shift;
      const own = part.headers(i);
      if (own !== undefined) headers[row] = own;
      row++;
    }
  }
  return new Columns({ bytes: Buffer.concat(pieces), valueStarts, keyStarts, flags, origin, steps }, headers);
}

/** How many of the first records come before an offset. */
export function countBefore(records: FetchedRecords, offset: bigint): number {
  let count = 0;
  while (count < records.length && records.offset(count) < offset) count++;
  return count;
}

class Columns implements FetchedRecords {
  readonly length: number;
  readonly bytes: Buffer;
  readonly valueStarts: Uint32Array;
  readonly keyStarts: Uint32Array;
  readonly flags: Uint8Array;
  readonly origin: bigint;
  readonly steps: Float64Array;
  readonly #headers: readonly (IHeaders | undefined)[] | undefined;

  constructor(columns: RecordColumns, headers: readonly (IHeaders | undefined)[] | undefined) {
    this.length = columns.flags.length;
    this.bytes = columns.bytes;
    this.valueStarts = columns.valueStarts;
    this.keyStarts = columns.keyStarts;
    this.flags = columns.flags;
    this.origin = columns.origin;
    this.steps = columns.steps;
    this.#headers = headers;
  }

  offset(i: number): bigint {
    return this.origin + BigInt(this.steps[i]!);
  }

  key(i: number): Buffer | null {
    if (this.flags[i]! & NO_KEY) return null;
    return this.bytes.subarray(this.keyStarts[i], this.keyStarts[i + 1]);
  }

  value(i: number): Buffer | null {
    if (this.flags[i]! & NO_VALUE) return null;
    return this.bytes.subarray(this.valueStarts[i], this.valueStarts[i + 1]! - 1);
  }

  headers(i: number): IHeaders | undefined {
    return this.#headers?.[i];
  }

  size(from: number, to: number): number {
    const { valueStarts, keyStarts } = this;
    return valueStarts[to]! - valueStarts[from]! + keyStarts[to]! - keyStarts[from]! + COLUMN_BYTES * (to - from);
  }

  slice(from: number, to: number): FetchedRecords {
    const columns = {
      bytes: this.bytes,
      valueStarts: this.valueStarts.subarray(from, to + 1),
      keyStarts: this.keyStarts.subarray(from, to + 1),
      flags: this.flags.subarray(from, to),
      origin: this.origin,
      steps: this.steps.subarray(from, to),
    };
    return new Columns(columns, this.#headers?.slice(from, to));
  }

  *[Symbol.iterator](): Generator<FetchedRecord> {
    for (let i = 0; i < this.length; i++) {
      yield { offset: this.offset(i), key: this.key(i), value: this.value(i), headers: this.headers(i) };
    }
  }
}

function detached(headers: IHeaders | undefined): IHeaders {
  const own = (value: Buffer | string): Buffer | string => (typeof value === 'string' ? value : Buffer.from(value));
  return Object.fromEntries(
    Object.entries(headers!).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(own) : value === undefined ? value : own(value),
    ]),
  );
}

/** Two starts, a flag and an offset, a record. */
const COLUMN_BYTES = 17;

export const NO_RECORDS = joinRecords([]);
