import type { KafkaMessage } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { detachRecords } from '../../../src/transport/kafka/detach-records.js';
import { kafkaRecords } from './kafka-records.js';

describe('detached records', () => {
  it('are the same records, and hold nothing of a much larger answer', () => {
    const answer = Buffer.from(new ArrayBuffer(1_000_000)).fill('abc');
    const [first, second, third] = kafkaRecords([answer.subarray(0, 10), null, answer.subarray(500, 503)], 7);
    first!.headers = { why: answer.subarray(30, 33), text: 'kept' };
    const records = [first!, second!, third!];
    const before = structuredClone(records.map((record) => ({ ...record, ...textsOf(record) })));
    detachRecords(records);
    expect(records.map((record) => ({ ...record, ...textsOf(record) }))).toEqual(before);
    answer.fill('z');
    expect(records.map((record) => textsOf(record).value)).toEqual(['abcabcabca', undefined, 'cab']);
    // Small buffers of Node share pools, of 8 or 64 KiB by version.
    for (const bytes of [records[0]!.value, records[2]!.value, records[0]!.headers!.why as Buffer])
      expect(bytes!.buffer.byteLength).toBeLessThanOrEqual(Math.max(20_000, Buffer.poolSize));
  });

  it('are left as they are where they are most of what they hold', () => {
    const answer = Buffer.from(new ArrayBuffer(1_000_000));
    const records = kafkaRecords([answer.subarray(0, 600_000)]);
    detachRecords(records);
    detachRecords([]);
    expect(records[0]!.value!.buffer).toBe(answer.buffer);
  });
});

function textsOf({ key, value, headers }: KafkaMessage) {
  const why = headers?.why;
  return { key: key?.toString(), value: value?.toString(), headers: { ...headers, why: why && String(why) } };
}
