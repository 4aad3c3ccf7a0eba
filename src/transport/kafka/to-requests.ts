import type { Message, TopicMessages } from 'kafkajs';
import { headerBytes } from './header-bytes.js';
import type { OutgoingRecord } from './kafka-producer.js';

/**
 * Divides records among requests, in order. A request may go to a single partition of each topic as one record batch,
 * of which a broker takes 1,048,588 bytes by default: so it has at most some 768 KB of each topic, or one larger record.
 */
export function* toRequests(
  topics: ReadonlyMap<string, readonly OutgoingRecord[]>,
): Generator<TopicMessages[], void, undefined> {
  const at = new Map<string, number>();
  for (;;) {
    const request: TopicMessages[] = [];
    for (const [topic, records] of topics) {
      const from = at.get(topic) ?? 0;
      if (from === records.length) continue;
      const to = endOfRequest(records, from);
      at.set(topic, to);
      request.push({ topic, messages: records.slice(from, to) as Message[] });
    }
    if (request.length === 0) return;
    yield request;
  }
}

/** Bytes that a value may have to go into a request of its own. */
export const MAX_BATCH_BYTES = 786_432;
/** kafkajs's cost grows with the square of the records of one partition in a request. */
const MAX_BATCH_RECORDS = 2000;
/** Lengths, deltas and attributes of a record, and a few headers. */
const RECORD_OVERHEAD = 64;

function endOfRequest(records: readonly OutgoingRecord[], from: number): number {
  const most = Math.min(records.length, from + MAX_BATCH_RECORDS);
  let bytes = 0;
  for (let to = from; to < most; to++) {
    bytes += byteLength(records[to]!);
    if (bytes > MAX_BATCH_BYTES + RECORD_OVERHEAD && to > from) return to;
  }
  return most;
}

function byteLength({ key, value, headers }: OutgoingRecord): number {
  let bytes = RECORD_OVERHEAD + Buffer.byteLength(key);
  if (value !== null) bytes += typeof value === 'string' ? Buffer.byteLength(value) : value.length;
  return bytes + headerBytes(headers);
}
