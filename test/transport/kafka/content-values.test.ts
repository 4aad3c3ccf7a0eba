import avro, { type Schema } from 'avsc';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { resolveIngest } from '../../../src/ingest/ingest-settings.js';
import type { UsageBatch } from '../../../src/ingest/usage-batch.js';
import { type ContentValuesOptions, createContentValues } from '../../../src/transport/kafka/content-values.js';
import { toFetchedRecords } from '../../../src/transport/kafka/fetched-records.js';
import { kafkaRecords } from './kafka-records.js';

const settings = resolveIngest({
  fields: { customer: 'customer', time: 'ce.time', eventId: 'ce.id' },
  channels: [{ name: 'kwh', field: 'meter.kwh' }],
  maxRecordBytes: 4096,
});
const TIME = '2026-01-01T12:00:00.5Z';
const HEADERS = { ce_specversion: '1.0', ce_id: 'e-1', ce_source: '/meters', ce_type: 'reading', ce_time: TIME };
const EVENT = { specversion: '1.0', id: 'e-1', source: '/meters', type: 'reading', time: TIME };
const DATA = { customer: 'a', meter: { kwh: 1.5 } };
const SCHEMA = {
  type: 'record',
  name: 'R',
  fields: [
    { name: 'customer', type: 'long' },
    { name: 'meter', type: { type: 'record', name: 'M', fields: [{ name: 'kwh', type: 'double' }] } },
  ],
};
const avroBody = avro.Type.forSchema(SCHEMA as Schema).toBuffer({ customer: 7, meter: { kwh: 2.5 } });
const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, 9]), avroBody]);

const registry = { find: async () => ({ schema: JSON.stringify(SCHEMA), references: [] }) };

function withHeaders(headers: IHeaders, value: unknown): KafkaMessage {
  const bytes = Buffer.isBuffer(value) || typeof value === 'string' ? value : JSON.stringify(value);
  return kafkaRecords([bytes], 0, undefined, headers)[0]!;
}
const structured = (event: unknown, type = 'application/cloudevents+json; charset=UTF-8') =>
  withHeaders({ 'content-type': Buffer.from(type) }, event);

async function parse(
  records: KafkaMessage[],
  options: ContentValuesOptions = { cloudEvents: 'required' },
  mapping = settings,
): Promise<UsageBatch> {
  const values = await createContentValues(mapping, options);
  const numbered = toFetchedRecords(records.map((record, i) => ({ ...record, offset: String(i) }) as KafkaMessage));
  await values.prepare?.(numbered);
  return values.parse(numbered, 'usage/0').batch;
}
const idOf = (batch: UsageBatch, i: number) =>
  Buffer.from(batch.idBytes.subarray(batch.idStarts[i]!, batch.idEnds[i]!)).toString();
const lettersOf = (batch: UsageBatch) =>
  batch.deadLetters.map(({ offset, reason, detail }) => `${offset} ${reason}: ${detail}`);

describe('CloudEvents', () => {
  it.each([
    ['binary', withHeaders({ ...HEADERS, 'content-type': 'application/json' }, DATA)],
    ['binary, without a content type', withHeaders(HEADERS, DATA)],
    ['binary, with headers as bytes', withHeaders(bytesOf(HEADERS), DATA)],
    ['structured', structured({ ...EVENT, data: DATA })],
    ['structured, over several lines', structured(JSON.stringify({ ...EVENT, data: DATA }, null, 2))],
    ['structured, data first', structured({ data: DATA, ...EVENT })],
    ['structured, escaped', structured({ 'x"': '\n', data: DATA, ...EVENT })],
    ['structured, without headers', withHeaders({}, { ...EVENT, data: DATA })],
    ['structured, in base64', structured({ ...EVENT, data_base64: base64(DATA), datacontenttype: 'text/json' })],
  ])('are read: %s', async (_, record) => {
    const batch = await parse([record]);
    expect(lettersOf(batch)).toEqual([]);
    expect([batch.length, idOf(batch, 0), batch.eventTimes[0], batch.values[0]]).toEqual([
      1,
      'a',
      Date.parse(TIME),
      1.5,
    ]);
    expect(batch.original(0)).toEqual(record.value);
    expect(batch.eventIds).toEqual((await parse([structured({ ...EVENT, data: DATA })])).eventIds);
  });

  it('bring labels, of the data or of an attribute', async () => {
    const records = [
      withHeaders({ ...HEADERS, ce_kind: 'flat' }, { ...DATA, kind: 'flat' }),
      structured({ ...EVENT, kind: 'weekday', data: { ...DATA, kind: 'weekday' } }),
      structured({ ...EVENT, data: DATA }),
    ];
    const labelsBy = async (label: string) => {
      const fields = { customer: 'customer', time: 'ce.time', label };
      const mapping = resolveIngest({ fields, channels: [{ name: 'kwh', field: 'meter.kwh' }] });
      return [...(await parse(records, { cloudEvents: 'required' }, mapping)).labels!];
    };
    const labels = await labelsBy('kind');
    expect(labels).toEqual([expect.any(Number), 79_362_432, 0]);
    expect(new Set(labels).size).toBe(3);
    expect(await labelsBy('ce.kind')).toEqual(labels);
  });

  it.each([
    ['binary', withHeaders({ ...HEADERS, 'content-type': 'application/vnd.apache.avro+binary' }, framed)],
    ['binary, told by the first byte', withHeaders(HEADERS, framed)],
    ['structured', structured({ ...EVENT, data_base64: base64(framed), datacontenttype: 'application/avro' })],
  ])('hold Avro: %s', async (_, record) => {
    const batch = await parse([record], { cloudEvents: 'required', avro: { registry } });
    expect(lettersOf(batch)).toEqual([]);
    expect([idOf(batch, 0), batch.eventTimes[0], batch.values[0]]).toEqual(['7', Date.parse(TIME), 2.5]);
  });

  it('may tell all by their attributes', async () => {
    const counting = resolveIngest({ fields: { customer: 'ce.subject', time: 'ce.time' } });
    const batch = await parse(
      [
        withHeaders({ ...HEADERS, ce_subject: 'a' }, ''),
        structured({ ...EVENT, subject: 'b' }),
        structured({ ...EVENT, subject: 'c', data: null }),
        withHeaders(HEADERS, ''),
      ],
      { cloudEvents: 'required' },
      counting,
    );
    expect([0, 1, 2].map((i) => idOf(batch, i))).toEqual(['a', 'b', 'c']);
    expect(lettersOf(batch)).toEqual(['3 incomplete: field `ce.subject` is missing']);
  });

  it('keep every digit of their data and of attributes that are numbers', async () => {
    const mapping = resolveIngest({
      fields: { customer: 'id', time: 't', eventId: 'ce.sequence' },
      time: { unit: 'ns' },
    });
    const text = `{"specversion":"1.0","id":"1","source":"s","type":"t","sequence":9007199254740993,"data":{"id":9007199254740993,"t":1767268800123456789}}`;
    const batch = await parse([structured(text), structured(text.replace(/993/, '992'))], undefined, mapping);
    expect([idOf(batch, 0), batch.eventTimes[0]]).toEqual(['9007199254740993', 1_767_268_800_123]);
    expect(batch.eventIds!.subarray(0, 4)).not.toEqual(batch.eventIds!.subarray(4, 8));
  });

  it.each([
    [{ ...EVENT, specversion: undefined }, 'incomplete: the CloudEvent has no `specversion`'],
    [{ ...EVENT, id: '' }, 'incomplete: the CloudEvent has no `id`'],
    [{ ...EVENT, source: null }, 'incomplete: the CloudEvent has no `source`'],
    [{ ...EVENT, type: {} }, 'incomplete: the CloudEvent has no `type`'],
    [{ ...EVENT, specversion: '0.3' }, 'invalid: the CloudEvent has specversion "0.3", not "1.0"'],
    [{ ...EVENT, data: 'text' }, 'invalid: `data` of the CloudEvent is not a JSON object'],
    [{ ...EVENT, data: [1] }, 'unreadable: the record is not a JSON object'],
    [{ ...EVENT, data: {}, data_base64: '' }, 'invalid: the CloudEvent has both `data` and `data_base64`'],
    [{ ...EVENT, data_base64: '#' }, 'invalid: `data_base64` of the CloudEvent is no base64'],
    [{ ...EVENT, data_base64: base64(framed) }, 'unreadable: the value is Avro, of which no schema is configured'],
    [{ ...EVENT, data: { ...DATA, customer: null } }, 'incomplete: field `customer` is null'],
    [{ ...EVENT, time: 'now', data: DATA }, /^invalid: field `ce.time` is the text "now"/],
    ['{"specversion":"1.0"', 'unreadable: the CloudEvent is not valid JSON'],
    ['[]', 'unreadable: the CloudEvent is not a JSON object'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'unreadable: the CloudEvent is not valid UTF-8'],
    ['x'.repeat(5000), 'too-large: the record is longer than `maxRecordBytes` (4096)'],
  ])('are dead letters where they are broken: %j', async (event, text) => {
    const [letter, ...others] = lettersOf(await parse([structured(event)]));
    expect(others).toEqual([]);
    if (typeof text === 'string') expect(letter).toBe(`0 ${text}`);
    else expect(letter!.slice(2)).toMatch(text);
  });

  it.each([
    [{ ...HEADERS, ce_id: undefined }, 'incomplete: the CloudEvent has no `id`'],
    [{ ...HEADERS, ce_specversion: '2.0' }, 'invalid: the CloudEvent has specversion "2.0", not "1.0"'],
    [{ ...HEADERS, ce_id: Buffer.from([0xff]) }, 'unreadable: the header ce_id is not valid UTF-8'],
    [{ 'content-type': 'application/cloudevents-batch+json' }, /^unreadable: the CloudEvent is .*batch\+json/],
    [{ 'content-type': 'application/cloudevents+avro' }, /^unreadable: the CloudEvent is .*\+avro/],
  ])('are dead letters where headers are broken: %j', async (headers, text) => {
    const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
    const [letter] = lettersOf(await parse([withHeaders(given as IHeaders, DATA)]));
    expect(letter!.slice(2)).toMatch(text);
  });

  it('have no other `ce` than their attributes', async () => {
    const counting = resolveIngest({ fields: { customer: 'ce.subject', time: 'ce.time' } });
    const evil = '{"ce":{"subject":"evil"},"__proto__":{"ce":{"subject":"evil"}},"constructor":{"ce":1}}';
    const envelope = JSON.stringify({ ...EVENT, data: 0 }).replace(
      '"data":0',
      `"data":${evil},"__proto__":{"subject":"evil"}`,
    );
    const batch = await parse([withHeaders(HEADERS, evil), structured(envelope)], undefined, counting);
    expect(batch.length).toBe(0);
    expect(lettersOf(batch)).toEqual([0, 1].map((i) => `${i} incomplete: field \`ce.subject\` is missing`));
  });

  it('nested deep cost no stack', async () => {
    const deep = `${'['.repeat(1e6)}${']'.repeat(1e6)}`;
    const text = JSON.stringify({ ...EVENT, data: { ...DATA, deep: 0 } }).replace('"deep":0', `"deep":${deep}`);
    const mapping = { ...settings, maxRecordBytes: 1e7 };
    expect((await parse([structured(text)], undefined, mapping)).length).toBe(1);
  });
});

describe('values told by their content type', () => {
  const plain = resolveIngest({ fields: { customer: 'customer', time: 'ce.time' } });

  it('are envelopes, data or records', async () => {
    const record = { customer: 'p', ce: { time: TIME } };
    const batch = await parse(
      [
        withHeaders({}, record),
        withHeaders({ 'content-type': 'application/json' }, record),
        withHeaders(HEADERS, { customer: 'b' }),
        structured({ ...EVENT, data: { customer: 's' } }),
        withHeaders({}, { ...EVENT, data: { customer: 'no envelope without a header' } }),
      ],
      { cloudEvents: 'detected' },
      plain,
    );
    expect([0, 1, 2, 3].map((i) => idOf(batch, i))).toEqual(['p', 'p', 'b', 's']);
    expect(lettersOf(batch)).toEqual(['4 incomplete: field `customer` is missing']);
  });

  it('are counted where they are empty', async () => {
    const batch = await parse([kafkaRecords([null], 0, undefined, HEADERS)[0]!, withHeaders({}, '')]);
    expect(lettersOf(batch).map((text) => text.slice(0, 12))).toEqual(['0 unreadable', '1 unreadable']);
  });
});

function base64(value: unknown): string {
  return Buffer.from(Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString('base64');
}

function bytesOf(headers: Record<string, string>): IHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)]));
}
