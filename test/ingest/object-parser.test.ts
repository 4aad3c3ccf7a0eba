import { describe, expect, it } from 'vitest';

import { ExactNumber } from '../../src/ingest/exact-number.js';
import type { IngestOptions } from '../../src/ingest/ingest-options.js';
import { resolveIngest } from '../../src/ingest/ingest-settings.js';
import { LocalTime } from '../../src/ingest/local-time.js';
import { createObjectParser } from '../../src/ingest/object-parser.js';
import { createRowParser } from '../../src/ingest/row-parser.js';
import { createUsageEventParser, toUsageBatch, type UsageEvent } from '../../src/ingest/usage-event.js';
import { readBatch } from './read-batch.js';

const T = 1_704_067_200_123;
const OPTIONS: IngestOptions = {
  fields: { customer: 'who.id', time: 't' },
  channels: [{ name: 'usage', field: 'v' }],
  time: { unit: 'ms' },
};
const at = (row: number, source = 'k') => ({ source, row, offset: 100 + row });
const parser = (options: Partial<IngestOptions> = {}) => createObjectParser(resolveIngest({ ...OPTIONS, ...options }));

describe('object parser', () => {
  it('takes objects with bigint, Date and number', () => {
    const p = parser();
    p.append({ who: { id: 'é' }, t: T, v: 1 }, at(1), Buffer.from('one'));
    p.append({ who: { id: 7 }, t: BigInt(T), v: 2n }, at(2), () => Buffer.from('two'));
    p.append({ who: { id: 2n ** 70n }, t: new Date(T), v: 3 }, at(3));
    const batch = p.takeBatch();
    expect(readBatch(batch)).toMatchObject([
      { id: 'é', time: T, values: [1], row: 1, offset: 101, original: 'one' },
      { id: '7', time: T, values: [2], row: 2, offset: 102, original: 'two' },
      { id: '1180591620717411303424', time: T, values: [3], row: 3, offset: 103 },
    ]);
    expect(JSON.parse(Buffer.from(batch.original(2)).toString())).toEqual({
      who: { id: '1180591620717411303424' },
      t: new Date(T).toISOString(),
      v: 3,
    });
    expect(batch.deadLetters).toEqual([]);
  });

  it('reads nanoseconds as bigint exactly and Dates whatever the unit', () => {
    const p = parser({ time: { unit: 'ns' } });
    p.append({ who: { id: 'a' }, t: 1_704_067_200_123_999_999n, v: 1 }, at(1));
    p.append({ who: { id: 'a' }, t: new Date(T), v: 1 }, at(2));
    expect([...p.takeBatch().eventTimes]).toEqual([T, T]);
  });

  it('takes exact numbers as ids by their digits, as values and as times', () => {
    const p = parser({ time: { unit: 's' } });
    const [id, v] = ['12345678901234567890.10', '0.1'].map((text) => new ExactNumber(text));
    p.append({ who: { id }, t: new ExactNumber('1704067200.1239'), v }, at(1));
    const batch = p.takeBatch();
    expect(readBatch(batch)).toMatchObject([{ id: '12345678901234567890.10', time: T, values: [0.1] }]);
    expect(JSON.parse(Buffer.from(batch.original(0)).toString())).toMatchObject({ v: '0.1' });
  });

  it('reads local times in the zone of times that carry none, or of the record', () => {
    const local = new LocalTime(Date.UTC(2026, 6, 1, 12));
    const fixed = parser({ time: { unit: 'ns', zone: 'Europe/Berlin' } });
    fixed.append({ who: { id: 'a' }, t: local, v: 1 }, at(1));
    expect(fixed.takeBatch().eventTimes[0]).toBe(Date.UTC(2026, 6, 1, 10));
    const own = parser({ fields: { customer: 'who.id', time: 't', timeZone: 'z' }, time: { unit: 'iso' } });
    own.append({ who: { id: 'a' }, t: local, v: 1, z: 'Asia/Tokyo' }, at(1));
    own.append({ who: { id: 'a' }, t: new LocalTime(NaN), v: 1, z: 'Asia/Tokyo' }, at(2));
    const batch = own.takeBatch();
    expect(batch.eventTimes[0]).toBe(local.localMs); // as its own clock shows it
    expect(batch.deadLetters).toMatchObject([{ reason: 'invalid', row: 2 }]);
  });

  it('says why it refuses, with the original bytes', () => {
    const p = parser();
    const good = { who: { id: 'a' }, t: T, v: 1 };
    const records: unknown[] = [
      null,
      'text',
      [good],
      { ...good, who: { __proto__: { id: 'x' } } },
      { ...good, who: { id: { a: 1 } } },
      { ...good, who: { id: NaN } },
      { ...good, who: { id: '\udc00' } },
      { ...good, t: new Date(NaN) },
      { ...good, v: null },
      { ...good, v: Infinity },
      { ...good, v: '1' },
      { ...good, v: [1] },
    ];
    for (const [i, record] of records.entries()) p.append(record, at(i), Buffer.from(`#${i}`));
    p.refuse({ reason: 'unreadable', detail: 'no Avro' }, at(12), Buffer.from('#12'));
    const { deadLetters, length } = p.takeBatch();
    expect(length).toBe(0);
    expect(deadLetters.map(({ bytes, reason, detail }) => `${Buffer.from(bytes)} ${reason}: ${detail}`)).toEqual([
      '#0 unreadable: the record is not an object',
      '#1 unreadable: the record is not an object',
      '#2 unreadable: the record is not an object',
      '#3 incomplete: field `who.id` is missing',
      '#4 invalid: field `who.id` is an object, not text',
      '#5 invalid: field `who.id` is NaN, not text',
      '#6 invalid: field `who.id` holds half a surrogate pair, which is no text',
      '#7 invalid: field `t` is NaN, not a number (`time.unit` is `ms`)',
      '#8 incomplete: field `v` is null',
      '#9 not-finite: field `v` is Infinity',
      '#10 invalid: field `v` is the text "1", not a number',
      '#11 invalid: field `v` is an array, not a number',
      '#12 unreadable: no Avro',
    ]);
    expect(deadLetters[4]).toMatchObject({ source: 'k', row: 4, offset: 104, truncated: false });
  });

  it('takes payloads of one JSON record, over several lines too', () => {
    const p = parser({ maxRecordBytes: 100 });
    const payloads = [
      `{\n  "who": { "id": "a" },\r\n  "t": ${T},\n  "v": 1\n}\n`,
      `{"who":{"id":"\\u0062\\n"},"t":${T},"v":2}`,
      `{"who":{"id":"c\n"},"t":${T},"v":3}`,
      `{"who":{"id":"d"},"t":${T},"v":4}{}`,
      'x'.repeat(101),
      '',
    ];
    for (const [i, payload] of payloads.entries()) p.appendJson(Buffer.from(payload), at(i));
    p.appendJson(Buffer.from([0xff]), at(6));
    const batch = p.takeBatch();
    expect(readBatch(batch).map(({ id, values, row }) => [id, values[0], row])).toEqual([
      ['a', 1, 0],
      ['b\n', 2, 1],
    ]);
    expect(Buffer.from(batch.original(0)).toString()).toBe(payloads[0]);
    expect(batch.deadLetters.map(({ row, reason }) => [row, reason])).toEqual([
      [2, 'unreadable'],
      [3, 'unreadable'],
      [4, 'too-large'],
      [5, 'unreadable'],
      [6, 'unreadable'],
    ]);
  });

  it('begins anew after a batch was taken, and tells sources apart', () => {
    const p = parser();
    const record = { who: { id: 'a' }, t: T, v: 1 };
    expect(p.takeBatch().length).toBe(0);
    for (let i = 0; i < 3000; i++) p.append({ ...record, v: i }, at(i, `k${i % 3}`));
    const batch = p.takeBatch();
    expect(batch.length).toBe(3000);
    expect([0, 1, 2999].map((i) => batch.sources[batch.sourceOf![i]!])).toEqual(['k0', 'k1', 'k2']);
    expect(batch.values[2999]).toBe(2999);
    p.append(record, at(1));
    const next = p.takeBatch();
    expect([next.length, next.sources, next.sourceOf]).toEqual([1, ['k'], undefined]);
    expect(p.takeBatch().length).toBe(0);
  });
});

describe('row parser', () => {
  it('numbers rows from where they begin and names the columns it needs', () => {
    const rows = createRowParser(resolveIngest(OPTIONS));
    expect(rows.columns).toEqual(['who', 't', 'v']);
    const given = [
      { who: { id: 'a' }, t: new Date(T), v: 1n },
      { who: null, t: new Date(T), v: 1n },
      { who: { id: 'b' }, t: new Date(T), v: 2.5 },
    ];
    const batch = rows.parse(given, { source: 'p', row: 11, offset: 10 });
    expect(readBatch(batch).map(({ id, row, offset }) => [id, row, offset])).toEqual([
      ['a', 11, 10],
      ['b', 13, 12],
    ]);
    expect(batch.deadLetters).toMatchObject([{ row: 12, offset: 11, reason: 'incomplete' }]);
    expect(Buffer.from(batch.deadLetters[0]!.bytes).toString()).toBe(
      `{"who":null,"t":"${new Date(T).toISOString()}","v":"1"}`,
    );
  });
});

describe('usage events', () => {
  it('become one batch', () => {
    const batch = toUsageBatch(
      [
        { customerId: 'a', eventTime: T, values: [1, 2], eventId: 'x' },
        { customerId: 'b', eventTime: new Date(T), values: [3, 4], eventId: 'y' },
      ],
      { channels: 2, eventIds: true },
    );
    const [a, b] = readBatch(batch);
    expect(a).toMatchObject({ id: 'a', time: T, values: [1, 2], row: 1, offset: 0 });
    expect(b).toMatchObject({ id: 'b', time: T, values: [3, 4], row: 2, offset: 1 });
    expect(a!.eventId).not.toEqual(b!.eventId);
  });

  it('are numbered on from batch to batch and refused one by one', () => {
    const p = createUsageEventParser();
    expect(p.parse([{ customerId: 'a', eventTime: T, values: 5 }]).values[0]).toBe(5);
    const bad = [
      { customerId: 'a', eventTime: T, values: [1, 2] },
      { customerId: 'a', eventTime: NaN, values: 1 },
      { customerId: 'a', eventTime: T, values: [NaN] },
      { customerId: 'a', eventTime: T, values: [] },
      { customerId: 'a', eventTime: T },
      undefined,
    ] as UsageEvent[];
    const batch = p.parse(bad);
    expect(batch.length).toBe(0);
    expect(batch.deadLetters.map(({ row, reason, detail }) => `${row} ${reason}: ${detail}`)).toEqual([
      '2 invalid: field `values` holds 2 numbers where there are 1 channels',
      '3 not-finite: field `eventTime` is NaN',
      '4 not-finite: field `values.0` is NaN',
      '5 incomplete: field `values.0` is missing',
      '6 incomplete: field `values.0` is missing',
      '7 unreadable: the record is not an object',
    ]);
  });
});
