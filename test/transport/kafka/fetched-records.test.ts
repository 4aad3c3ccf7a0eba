import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import {
  type FetchedRecords,
  joinRecords,
  LINES,
  NO_KEY,
  NO_VALUE,
  toFetchedRecords,
} from '../../../src/transport/kafka/fetched-records.js';
import { kafkaRecords } from './kafka-records.js';

const toText = (bytes: Buffer | string | undefined) => bytes && `${typeof bytes} ${bytes}`;

/** What a record is, as plain data; no headers and empty ones are the same. */
function seen(records: FetchedRecords) {
  return Array.from({ length: records.length }, (_, i) => ({
    offset: String(records.offset(i)),
    key: records.key(i)?.toString('hex') ?? null,
    value: records.value(i)?.toString('hex') ?? null,
    headers: Object.entries(records.headers(i) ?? {}).map(([name, value]) => [name, [value].flat().map(toText)]),
  }));
}

function expected(records: readonly KafkaMessage[]) {
  return records.map(({ offset, key, value, headers }) => ({
    offset,
    key: key?.toString('hex') ?? null,
    value: value?.toString('hex') ?? null,
    headers: Object.entries(headers ?? {}).map(([name, value]) => [name, [value].flat().map(toText)]),
  }));
}

const bytes = fc.option(fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some)));
const message = fc.record({
  key: bytes,
  value: bytes,
  gap: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.nat({ max: 9 }) }),
  headers: fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.constant({ a: ['1', '2'] }) },
  ),
});
const messages = fc.tuple(fc.bigInt(0n, 2n ** 63n - 10_000n), fc.array(message)).map(([first, all]) => {
  let offset = first;
  return all.map(({ gap, ...rest }) => {
    offset += BigInt(gap) + 1n;
    return { ...rest, timestamp: '0', attributes: 0, offset: String(offset) } as KafkaMessage;
  });
});

describe('fetched records', () => {
  it('are what was fetched, whole, in pieces, and put together again', () => {
    fc.assert(
      fc.property(messages, fc.array(fc.nat({ max: 20 })), (all, cuts) => {
        const records = toFetchedRecords(all);
        expect(seen(records)).toEqual(expected(all));
        const ends = [...cuts.filter((cut) => cut <= all.length).sort((a, b) => a - b), all.length];
        const parts = ends.map((end, i) => records.slice(i === 0 ? 0 : ends[i - 1]!, end));
        expect(parts.flatMap(seen)).toEqual(expected(all));
        expect(seen(joinRecords(parts))).toEqual(expected(all));
        expect(parts.reduce((sum, part) => sum + part.size(0, part.length), 0)).toBe(records.size(0, all.length));
      }),
    );
  });

  it('have their values as lines, one after the other, and say where these are several', () => {
    const values = ['a', null, 'b\nc', '', `${'d'.repeat(300)}\n`];
    const records = toFetchedRecords(kafkaRecords(values));
    const { bytes, valueStarts, flags } = records;
    const text = bytes.subarray(valueStarts[0], valueStarts[values.length]).toString();
    expect(text).toBe(`a\n\nb\nc\n\n${'d'.repeat(300)}\n\n`);
    expect([...flags]).toEqual([NO_KEY, NO_KEY | NO_VALUE, NO_KEY | LINES, NO_KEY, NO_KEY | LINES]);
  });

  it('hold nothing of the answer that they came with', () => {
    const answer = Buffer.from(new ArrayBuffer(1_000_000)).fill('abc');
    const [first] = kafkaRecords([answer.subarray(0, 10)], 7, undefined, { why: answer.subarray(30, 33) });
    const records = toFetchedRecords([first!]);
    answer.fill('z');
    expect([String(records.value(0)), String(records.headers(0)!.why)]).toEqual(['abcabcabca', 'abc']);
    expect(records.bytes.buffer.byteLength).toBe(11);
  });
});
