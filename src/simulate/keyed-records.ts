/** A record of a simulated stream, and the customer it is of. */
export interface KeyedRecord {
  /** The customer's id. One that is no UTF-8 has the signs that stand for what can't be read. */
  readonly key: string;
  /** The line, without its end. */
  readonly value: Buffer;
}

/**
 * The records of a chunk of a simulation, keyed by the customer as a producer of usage events would. A record that was
 * spoilt has its key all the same.
 *
 * @param chunk whole records; values share its memory
 */
export function* toKeyedRecords(chunk: Uint8Array): Generator<KeyedRecord> {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, at);
    const value = bytes.subarray(at, end);
    yield { key: value.toString('utf8', PREFIX.length, value.indexOf(QUOTE, PREFIX.length)), value };
    at = end + 1;
  }
}

/** What every record begins with. */
const PREFIX = '{"customerId":"';
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
