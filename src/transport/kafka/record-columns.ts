import type { IHeaders } from 'kafkajs';
import { type FetchedRecords, fetchedColumns, LINE_FEED, LINES, NO_KEY, NO_VALUE } from './fetched-records.js';

/** The records of a batch, decompressed. */
export interface PlainBatch {
  /** Records one after the other, and nothing else. */
  readonly bytes: Buffer;
  readonly count: number;
  /** Offset that the records' own count from. */
  readonly baseOffset: bigint;
}

/** Why a batch can't be read. */
export class DamagedBatch extends Error {}

/** No record is shorter: lengths, attributes, two differences, the number of headers. */
export const SHORTEST_RECORD = 7;

/**
 * Makes columns of the records of batches (format 2 of Kafka's records, since 0.11), without an object for each: finds
 * where keys and values lie, and then puts them down in their order. Timestamps are passed over: an event has a time of
 * its own.
 */
export class RecordScan {
  readonly #origin: bigint;
  /** Of each batch, its bytes and the row of its first record. */
  readonly #sources: { readonly bytes: Uint8Array; readonly row: number }[] = [];
  readonly #valueStarts: Uint32Array; // (most + 1), where they will begin
  readonly #keyStarts: Uint32Array; // (most + 1), without the values before them
  readonly #flags: Uint8Array; // (most)
  readonly #steps: Float64Array; // (most)
  readonly #valueAt: Uint32Array; // (most), in the bytes of the batch
  readonly #keyAt: Uint32Array; // (most), in the bytes of the batch
  #headers: (IHeaders | undefined)[] | undefined;
  #rows = 0;

  /**
   * @param most records that all batches hold
   * @param origin what offsets are counted from
   */
  constructor(most: number, origin: bigint) {
    this.#origin = origin;
    this.#valueStarts = new Uint32Array(most + 1);
    this.#keyStarts = new Uint32Array(most + 1);
    this.#flags = new Uint8Array(most);
    this.#steps = new Float64Array(most);
    this.#valueAt = new Uint32Array(most);
    this.#keyAt = new Uint32Array(most);
  }

  /**
   * Takes the next batch, whose bytes must stay as they are until `gather`.
   *
   * @param from records before this offset are left out: a batch is stored and sent as a whole
   * @throws DamagedBatch where the bytes are not what the batch says they are
   */
  add({ bytes: buffer, count, baseOffset }: PlainBatch, from: bigint): void {
    // A plain view: loops over it stay monomorphic.
    const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
    const cursor = new Cursor(bytes);
    const base = Number(baseOffset - this.#origin);
    const first = Number(from - baseOffset);
    this.#sources.push({ bytes, row: this.#rows });
    for (let i = 0; i < count; i++) {
      const length = cursor.varint();
      const end = cursor.at + length;
      if (length < 0 || end > bytes.length) throw new DamagedBatch(`record ${i} reaches beyond its end`);
      cursor.at++; // attributes, of which there are none yet
      cursor.skipVarlong();
      const delta = cursor.varint();
      const keyLength = cursor.varint();
      const keyAt = cursor.pass(keyLength);
      const valueLength = cursor.varint();
      const valueAt = cursor.pass(valueLength);
      const headers = readHeaders(cursor, buffer, end);
      if (cursor.at !== end || keyLength < -1 || valueLength < -1) {
        throw new DamagedBatch(`record ${i} is not of the length that it tells`);
      }
      if (delta < first) continue;
      const row = this.#rows++;
      this.#steps[row] = base + delta;
      this.#keyAt[row] = keyAt;
      this.#valueAt[row] = valueAt;
      this.#keyStarts[row + 1] = this.#keyStarts[row]! + Math.max(0, keyLength);
      this.#valueStarts[row + 1] = this.#valueStarts[row]! + Math.max(0, valueLength) + 1;
      this.#flags[row] = (keyLength < 0 ? NO_KEY : 0) | (valueLength < 0 ? NO_VALUE : 0);
      if (headers !== undefined) {
        this.#headers ??= [];
        this.#headers[row] = headers;
      }
    }
    if (cursor.at !== bytes.length) throw new DamagedBatch('it holds more than the records that it tells of');
  }

  /** Once: what was scanned becomes the columns. */
  gather(): FetchedRecords {
    const rows = this.#rows;
    const valueStarts = this.#valueStarts.subarray(0, rows + 1);
    const keyStarts = this.#keyStarts.subarray(0, rows + 1);
    const flags = this.#flags.subarray(0, rows);
    const valueBytes = valueStarts[rows]!;
    const bytes = Buffer.allocUnsafeSlow(valueBytes + keyStarts[rows]!);
    const to = new DataView(bytes.buffer);
    for (let i = 0; i <= rows; i++) keyStarts[i]! += valueBytes;
    this.#sources.forEach((source, i) => {
      const end = this.#sources[i + 1]?.row ?? rows;
      const view = new DataView(source.bytes.buffer, source.bytes.byteOffset, source.bytes.length);
      for (let row = source.row; row < end; row++) {
        const start = valueStarts[row]!;
        const lineEnd = valueStarts[row + 1]! - 1;
        if (copyBytes(view, this.#valueAt[row]!, lineEnd - start, to, start)) flags[row]! |= LINES;
        to.setUint8(lineEnd, LINE_FEED);
        const keyStart = keyStarts[row]!;
        copyBytes(view, this.#keyAt[row]!, keyStarts[row + 1]! - keyStart, to, keyStart);
      }
    });
    const steps = this.#steps.subarray(0, rows);
    return fetchedColumns({ bytes, valueStarts, keyStarts, flags, origin: this.#origin, steps }, this.#headers);
  }
}

/** Beyond the end it reads zeros, and its place tells. */
class Cursor {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A signed number in zigzag order, seven bits a byte, the lowest first. */
  varint(): number {
    let byte = this.#bytes[this.at++]!;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift > 28) throw new DamagedBatch('a number has more than five bytes');
      byte = this.#bytes[this.at++]!;
      value |= (byte & 0x7f) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  skipVarlong(): void {
    while (this.#bytes[this.at++]! >= 0x80);
  }

  /** Passes over so many bytes, none where the length stands for null; answers where they begin. */
  pass(length: number): number {
    const { at } = this;
    if (length > 0) this.at += length;
    return at;
  }
}

/**
 * Copies some bytes of a source to a place, and answers whether there is a line feed among them. Four at a time: for so
 * few as most values have, calls out of JavaScript take longer, and single bytes twice as long.
 */
function copyBytes(source: DataView, from: number, length: number, to: DataView, at: number): boolean {
  let found = 0;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const word = source.getInt32(from + i, true);
    to.setInt32(at + i, word, true);
    // A byte of the difference that is zero borrows into its highest bit.
    const difference = word ^ FOUR_LINE_FEEDS;
    found |= (difference - 0x01010101) & ~difference & 0x80808080;
  }
  for (; i < length; i++) {
    const byte = source.getUint8(from + i);
    to.setUint8(at + i, byte);
    if (byte === LINE_FEED) found = 1;
  }
  return found !== 0;
}

const FOUR_LINE_FEEDS = 0x0a0a0a0a;

/** Undefined where there are none; a name that comes again has all its values, as kafkajs has it. */
function readHeaders(cursor: Cursor, bytes: Buffer, end: number): IHeaders | undefined {
  const count = cursor.varint();
  if (count === 0) return undefined;
  if (count < 0 || count > end - cursor.at) throw new DamagedBatch(`a record tells of ${count} headers`);
  const headers = new Map<string, IHeaders[string]>();
  for (let i = 0; i < count; i++) {
    const nameAt = cursor.pass(cursor.varint());
    const name = bytes.toString('utf8', nameAt, cursor.at);
    const length = cursor.varint();
    const valueAt = cursor.pass(length);
    const value = length < 0 ? null : Buffer.from(bytes.subarray(valueAt, cursor.at));
    const before = headers.get(name);
    headers.set(name, before === undefined ? (value as Buffer) : ([before, value].flat() as Buffer[]));
  }
  return Object.fromEntries(headers);
}
