import type { OutgoingRecord } from './kafka-producer.js';

/** Bytes of a record's headers, about: several values of one name are a header each. */
export function headerBytes(headers: OutgoingRecord['headers'] = {}): number {
  let bytes = 0;
  for (const name in headers) {
    for (const value of [headers[name] ?? ''].flat()) bytes += name.length + Buffer.byteLength(value) + OVERHEAD;
  }
  return bytes;
}

/** Lengths of name and value. */
const OVERHEAD = 4;
