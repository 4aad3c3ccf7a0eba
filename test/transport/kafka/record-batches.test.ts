import zlib from 'node:zlib';
import fc from 'fast-check';
import type { IHeaders } from 'kafkajs';
import { beforeAll, describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { findCodecs, registerCodecs } from '../../../src/transport/kafka/codecs/register-codecs.js';
import { type FetchedRecords, LINES } from '../../../src/transport/kafka/fetched-records.js';
import { decodeRecordSet, type FetchedRange } from '../../../src/transport/kafka/record-batches.js';
import { hideAborted } from '../../support/kafka/hide-aborted.js';
import { decodeByKafkajs, encodeAnswer, encodeBatch, type TestBatch, type TestRecord } from './fetch-bytes.js';

// For what kafkajs encodes and decodes here.
beforeAll(registerCodecs);

type Act = 'write' | 'commit' | 'abort' | 'emptied';
interface Turn {
  readonly producer: number;
  readonly act: Act;
  readonly compression: number;
  /** Offsets that each batch leaves out behind its records, as compaction does. */
  readonly gap: number;
  readonly records: readonly TestRecord[];
}

const MARKERS = { abort: Buffer.from([0, 0, 0, 0]), commit: Buffer.from([0, 0, 0, 1]) };
const PLAIN = { compression: 0, producerId: -1, isTransactional: false, isControl: false };

/**
 * What producers leave who write in turns, all but the first in transactions; the transactions that were aborted, in the
 * order in which brokers list them; and which batches are of those.
 */
function logOf(turns: readonly Turn[]) {
  const batches: TestBatch[] = [];
  const listed: { producerId: number; firstOffset: number; last: number }[] = [];
  const dead = new Set<TestBatch>();
  const open = new Map<number, TestBatch[]>();
  let next = 0;
  const append = (batch: Omit<TestBatch, 'firstOffset'>): TestBatch => {
    const stored = { ...batch, firstOffset: next };
    batches.push(stored);
    next += batch.lastOffsetDelta + 1;
    return stored;
  };
  const end = (producerId: number, act: 'commit' | 'abort'): void => {
    const written = open.get(producerId);
    if (written === undefined) return;
    open.delete(producerId);
    const records = [{ offsetDelta: 0, key: MARKERS[act], value: Buffer.alloc(6) }];
    const { firstOffset } = append({
      ...PLAIN,
      producerId,
      isTransactional: true,
      isControl: true,
      lastOffsetDelta: 0,
      records,
    });
    if (act === 'commit') return;
    listed.push({ producerId, firstOffset: written[0]!.firstOffset, last: firstOffset });
    for (const batch of written) dead.add(batch);
  };
  for (const { producer, act, compression, gap, records } of turns) {
    if (act === 'commit' || act === 'abort') {
      end(producer, act);
      continue;
    }
    const isTransactional = producer > 0;
    const kept = act === 'emptied' ? [] : records;
    const lastOffsetDelta = (records.at(-1)?.offsetDelta ?? 0) + gap;
    const batch = append({
      ...PLAIN,
      compression,
      producerId: producer,
      isTransactional,
      lastOffsetDelta,
      records: kept,
    });
    if (isTransactional) open.set(producer, [...(open.get(producer) ?? []), batch]);
  }
  for (const producer of [...open.keys()]) end(producer, 'abort');
  return { batches, listed, dead };
}

const bytes = fc.option(
  fc
    .array(fc.oneof(fc.constantFrom(0x0a, 0x8a, 0x0b, 0x09), fc.nat({ max: 255 })), { maxLength: 90 })
    .map((some) => Buffer.from(some)),
);
const headers = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom('a', 'größe', ''), fc.string({ maxLength: 200 })),
      fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
    ),
    { maxLength: 3 },
  )
  // kafkajs takes what every object has for a header that came before.
  .map((entries): IHeaders => Object.fromEntries(entries.filter(([name]) => !(name in {}))));
const records = fc
  .array(
    fc.record({
      gap: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(200) }),
      // A key that looks like a marker is none.
      key: fc.oneof(bytes, fc.constant(MARKERS.abort)),
      value: bytes,
      headers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: headers }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all): TestRecord[] => {
    let offsetDelta = -1;
    return all.map(({ gap, ...record }) => {
      offsetDelta += gap + 1;
      return { offsetDelta, ...record };
    });
  });
const turn = fc.record({
  producer: fc.nat({ max: 3 }),
  act: fc.constantFrom<Act>('write', 'write', 'write', 'commit', 'abort', 'abort', 'emptied'),
  compression: fc.constantFrom(0, 0, 1, 2, 3, ...('zstdCompress' in zlib ? [4] : [])),
  gap: fc.constantFrom(0, 0, 0, 3),
  records,
});

const codecs = await findCodecs();
const place = (from: number | bigint) => ({ topic: 'usage', partition: 3, from: BigInt(from) });

/** Records as plain data; no headers and empty ones are the same. */
function seen(fetched: FetchedRecords) {
  return Array.from(fetched, ({ offset, key, value, headers: own }) => ({
    offset: String(offset),
    key: key?.toString('hex') ?? null,
    value: value?.toString('hex') ?? null,
    headers: toEntries(own),
  }));
}

function toEntries(own: IHeaders | undefined) {
  return Object.entries(own ?? {}).map(([name, value]) => [name, [value].flat().map(String)]);
}

describe('records of batches', () => {
  it('are those that kafkajs decodes but for aborted ones, wherever reading begins and the answer is cut', async () => {
    const property = fc.asyncProperty(
      fc.array(turn, { maxLength: 40, size: 'max' }),
      fc.nat(),
      fc.nat(),
      fc.nat(),
      async (turns, first, within, cut) => {
        const { batches, listed, dead } = logOf(turns);
        const begin = first % (batches.length + 1);
        const fetched = batches.slice(begin);
        const start = fetched[0];
        const from = start === undefined ? 0 : start.firstOffset + (within % (start.lastOffsetDelta + 1));
        const aborted = listed.filter(({ last }) => last >= from);
        const encoded = await Promise.all(fetched.map(encodeBatch));
        const whole = Buffer.concat(encoded);
        // Half of the answers are whole.
        const recordSet = cut % 2 === 0 ? whole : whole.subarray(0, cut % (whole.length + 1));
        const there = fetched.filter((_, i) => Buffer.concat(encoded.slice(0, i + 1)).length <= recordSet.length);

        const range = await decodeRecordSet(recordSet, transactionsOf(aborted), place(from), codecs);
        const last = there.at(-1);
        expect(range?.next).toBe(last && BigInt(last.firstOffset + last.lastOffsetDelta + 1));

        const uncut = Buffer.concat(encoded.slice(0, there.length));
        const answer = encodeAnswer(11, [{ topic: 'usage', partition: 3, aborted, recordSet: uncut }]);
        const [decoded] = (await decodeByKafkajs(11, answer)).responses[0]!.partitions;
        const alive = there.filter((batch) => !batch.isControl && !dead.has(batch));
        const isAlive = (offset: number): boolean =>
          alive.some(
            ({ firstOffset, lastOffsetDelta }) => firstOffset <= offset && offset <= firstOffset + lastOffsetDelta,
          );
        const expected = decoded!.messages
          .filter(({ offset }) => Number(offset) >= from && isAlive(Number(offset)))
          .map(({ offset, key, value, headers: own }) => ({
            offset,
            key: key?.toString('hex') ?? null,
            value: value?.toString('hex') ?? null,
            headers: toEntries(own),
          }));
        expect(range === undefined ? [] : seen(range.records)).toEqual(expected);
        for (let i = 0; i < (range?.records.length ?? 0); i++) {
          const { flags } = range!.records;
          expect((flags[i]! & LINES) !== 0).toBe(range!.records.value(i)?.includes('\n') === true);
        }

        // And the readers of the tests, which decode by kafkajs, see the same.
        hideAborted(decoded!);
        const shown = decoded!.messages.filter(({ isControlRecord }) => !isControlRecord).map(({ offset }) => offset);
        expect(shown.filter((offset) => Number(offset) >= from)).toEqual(expected.map(({ offset }) => offset));
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it('hold nothing of the answer that they came with', async () => {
    const [recordSet] = await encode([
      [{ offsetDelta: 0, key: null, value: Buffer.from('a\nb'), headers: { why: 'c' } }],
    ]);
    const range = await decodeRecordSet(recordSet!, [], place(0), codecs);
    recordSet!.fill(0xff);
    expect([String(range!.records.value(0)), String(range!.records.headers(0)!.why)]).toEqual(['a\nb', 'c']);
    expect(range!.records.bytes.buffer.byteLength).toBe(4);
  });

  it('may have headers of any name', async () => {
    const headers = Object.fromEntries([['__proto__', ['a', 'b']]]);
    const [recordSet] = await encode([[{ offsetDelta: 0, key: null, value: null, headers }]]);
    const { records } = (await decodeRecordSet(recordSet!, [], place(0), codecs))!;
    expect(toEntries(records.headers(0))).toEqual([['__proto__', ['a', 'b']]]);
  });

  it('are left for the next fetch where they would take more memory than a batch may', async () => {
    const value = Buffer.alloc(33 * 1024 * 1024);
    const [batch] = await encode([[{ offsetDelta: 0, key: null, value }]], 1);
    const recordSet = Buffer.concat([batch!, batch!, batch!]);
    for (let i = 0; i < 3; i++) recordSet.writeBigInt64BE(BigInt(i), i * batch!.length);
    expect((await decodeRecordSet(recordSet, [], place(0), codecs))!.next).toBe(2n);
    const rest = await decodeRecordSet(recordSet.subarray(2 * batch!.length), [], place(2), codecs);
    expect([rest!.next, rest!.records.offset(0)]).toEqual([3n, 2n]);
  });
});

describe('a damaged batch', () => {
  it('is refused by its place, or is something else that can be read', async () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    const property = fc.asyncProperty(
      fc.array(turn, { minLength: 1, maxLength: 4 }),
      damage,
      async (turns, changes) => {
        const recordSet = Buffer.concat(await Promise.all(logOf(turns).batches.map(encodeBatch)));
        fc.pre(recordSet.length > 0);
        for (const [at, byte] of changes) recordSet[at % recordSet.length] = byte;
        const result: FetchedRange | SegtideError | undefined = await decodeRecordSet(
          recordSet,
          [],
          place(0),
          codecs,
        ).catch((error) => error);
        if (!(result instanceof Error)) return;
        expect(result).toBeInstanceOf(SegtideError);
        expect(result).toMatchObject({ context: { topic: 'usage', partition: 3, offset: expect.any(BigInt) } });
        expect(result.message).toContain('partition 3 of usage');
      },
    );
    await fc.assert(property, { numRuns: 500 });
  });

  it.each([
    ['its length is too small', 11, 40, 'shorter than its header'],
    ['it tells of more records than fit', 60, 200, 'it tells of 200 records in 10 bytes'],
    ['it tells of fewer', 60, 0, 'more than the records that it tells of'],
    ['its codec is none', 22, 7, 'codec of number 7'],
    ['a record is longer than the batch', 61, 60, 'record 0 reaches beyond its end'],
    ['a record is shorter than what it holds', 61, 16, 'record 0 is not of the length that it tells'],
    ['a value is longer than its record', 66, 40, 'record 0 is not of the length that it tells'],
    ['it has more headers than bytes', 70, 40, 'tells of 20 headers'],
  ])('is one where %s', async (_, at, byte, why) => {
    // 61 bytes of header; a record of 9 bytes after its length: attributes, two differences, no key, 3 bytes, no headers.
    const [recordSet] = await encode([[{ offsetDelta: 0, key: null, value: Buffer.from('abc') }]]);
    expect(recordSet!.length).toBe(71);
    recordSet![at] = byte;
    const failure = await decodeRecordSet(recordSet!, [], place(0), codecs).catch((error) => error);
    expect(failure).toMatchObject({ code: 'input', message: expect.stringContaining(why) });
    expect(failure.cause).toBeUndefined();
    expect(failure.message).toMatch(/\(partition 3 of usage, from offset 0 on\)$/);
  });

  it('is one that would fill the memory, and one that its codec can’t read', async () => {
    const value = Buffer.alloc(65 * 1024 * 1024);
    const [bomb] = await encode([[{ offsetDelta: 0, key: null, value }]], 1);
    await expect(decodeRecordSet(bomb!, [], place(0), codecs)).rejects.toMatchObject({
      code: 'input',
      message: expect.stringMatching(/more than 67108864 bytes.*partition 3 of usage/),
    });
    const [broken] = await encode([[{ offsetDelta: 0, key: null, value: Buffer.from('abc') }]], 1);
    broken![61] = 0xff;
    await expect(decodeRecordSet(broken!, [], place(0), codecs)).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining('a batch of records is damaged'),
    });
  });
});

/** Batches of given records, one after the other. */
function encode(all: readonly (readonly TestRecord[])[], compression = 0): Promise<Buffer[]> {
  return Promise.all(
    all.map((own, i) => encodeBatch({ ...PLAIN, compression, firstOffset: i, lastOffsetDelta: 0, records: own })),
  );
}

function transactionsOf(aborted: readonly { readonly producerId: number; readonly firstOffset: number }[]) {
  return aborted.map(({ producerId, firstOffset }) => ({
    producerId: BigInt(producerId),
    firstOffset: BigInt(firstOffset),
  }));
}
