import avro from 'avsc';
import { describe, expect, it } from 'vitest';
import { avroHeader } from '../../../src/ingest/avro-fingerprint.js';
import { resolveIngest } from '../../../src/ingest/ingest-settings.js';
import type { SchemaSource } from '../../../src/ingest/schema-source.js';
import { type AvroValuesOptions, createAvroValues } from '../../../src/transport/kafka/avro-values.js';
import { fetchedRecords } from './kafka-records.js';

const settings = resolveIngest({ fields: { customer: 'id', time: 't' }, channels: [{ name: 'use', field: 'v' }] });
const schema = {
  type: 'record',
  name: 'Usage',
  fields: [
    { name: 'id', type: 'long' },
    { name: 't', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'v', type: ['null', 'double'] },
  ],
};
const type = avro.Type.forSchema(schema as avro.Schema);
const T0 = Date.UTC(2026, 0, 1);
const plain = type.toBuffer({ id: 7, t: T0, v: 1.5 });
const single = Buffer.concat([avroHeader(type), plain]);
const registered = Buffer.concat([Buffer.from([0, 0, 0, 0, 42]), plain]);

const parse = async (values: readonly (Buffer | null)[], framing?: AvroValuesOptions['framing']) => {
  const parser = await createAvroValues(settings, { schema: JSON.stringify(schema), ...(framing && { framing }) });
  return parser.parse(fetchedRecords(values, 10), 'usage/0').batch;
};

describe('Avro values', () => {
  it.each([
    ['auto', plain],
    ['auto', single],
    ['none', plain],
    ['single-object', single],
    ['registry', registered],
  ] as const)('are read with framing %s', async (framing, value) => {
    const batch = await parse([value], framing);
    expect([batch.length, batch.eventTimes[0], batch.values[0], batch.offsets[0]]).toEqual([1, T0, 1.5, 10]);
    expect(Buffer.from(batch.idBytes.subarray(batch.idStarts[0]!, batch.idEnds[0]!)).toString()).toBe('7');
    expect(batch.original(0)).toEqual(value);
  });

  it('keep every digit of a long that is an id', async () => {
    // 2^60 + 1, which a double would round: zigzag of it in seven-bit groups.
    const groups: number[] = [];
    for (let rest = (2n ** 60n + 1n) * 2n; rest > 0n; rest >>= 7n)
      groups.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    const value = Buffer.concat([Buffer.from(groups), plain.subarray(1)]);
    const batch = await parse([value]);
    expect(Buffer.from(batch.idBytes.subarray(batch.idStarts[0]!, batch.idEnds[0]!)).toString()).toBe(
      '1152921504606846977',
    );
  });

  it('become dead letters where they are of another schema, and the rest goes on', async () => {
    const batch = await parse([
      Buffer.from('{"id":7}'),
      null,
      plain,
      Buffer.alloc(0),
      type.toBuffer({ id: 7, t: T0, v: null }),
    ]);
    expect([...batch.offsets.subarray(0, batch.length)]).toEqual([12]);
    expect(batch.deadLetters.map((letter) => [letter.offset, letter.reason])).toEqual([
      [10, 'unreadable'],
      [11, 'unreadable'],
      [13, 'unreadable'],
      [14, 'incomplete'],
    ]);
    expect(Buffer.from(batch.deadLetters[0]!.bytes).toString()).toBe('{"id":7}');
  });

  it('refuse a header of another schema', async () => {
    const other = Buffer.from(single);
    other[2]! ^= 1;
    expect((await parse([other], 'single-object')).deadLetters[0]!.detail).toMatch(/another schema/);
    expect((await parse([plain], 'registry')).deadLetters[0]!.detail).toMatch(/registry header/);
  });

  it('are told apart by their fingerprints where schemas are several', async () => {
    const later = { ...schema, fields: [...schema.fields.slice(1), { name: 'id', type: 'string' }] };
    const laterType = avro.Type.forSchema(later as avro.Schema);
    const values = [single, Buffer.concat([avroHeader(laterType), laterType.toBuffer({ t: T0, v: 2.5, id: 'x' })])];
    const options = { schema: [schema, JSON.stringify(later)], framing: 'single-object' } as const;
    const { batch } = (await createAvroValues(settings, options)).parse(fetchedRecords([...values, plain]), 'usage/0');
    expect([...batch.values]).toEqual([1.5, 2.5]);
    expect(batch.deadLetters).toMatchObject([{ offset: 2, detail: expect.stringContaining('marker C3 01') }]);
    await expect(createAvroValues(settings, { schema: [schema, later] })).rejects.toThrow(/2 Avro schemas need/);
  });

  it('find their schemas in a registry', async () => {
    const registry: SchemaSource = {
      find: async (id) =>
        id === 42 ? { schema: JSON.stringify(schema), references: [] } : { missing: 'is not known' },
    };
    const values = await createAvroValues(settings, { registry });
    const unknown = Buffer.concat([Buffer.from([0, 0, 0, 0, 43]), plain]);
    const records = fetchedRecords([registered, unknown, null, plain], 10);
    expect(() => values.parse(records, 'usage/0')).toThrow(/before they were prepared/);
    await values.prepare!(records);
    const { batch } = values.parse(records, 'usage/0');
    expect([batch.length, batch.values[0], batch.offsets[0]]).toEqual([1, 1.5, 10]);
    expect(batch.deadLetters.map(({ source, offset, detail }) => `${source} ${offset}: ${detail}`)).toEqual([
      "usage/0 11: the payload's schema, id 43, is not known",
      'usage/0 12: the record has no value (a tombstone)',
      expect.stringContaining('usage/0 13: the payload has no registry header'),
    ]);
    expect(values.prepare!(fetchedRecords([registered]))).toBeUndefined();
  });

  it('are parsed again with the same result, though a schema has become known', async () => {
    let known = false;
    const registry: SchemaSource = {
      find: async () => (known ? { schema: JSON.stringify(schema), references: [] } : { missing: 'is not known' }),
    };
    const values = await createAvroValues(settings, { registry });
    const records = fetchedRecords([registered, Buffer.from([0]), registered], 10);
    const parseAgain = async (unknownIds?: ReadonlySet<number>) => {
      await values.prepare!(records);
      const { batch, unknownIds: unknown } = values.parse(records, 'usage/0', unknownIds);
      return { events: batch.length, letters: batch.deadLetters.length, unknown };
    };
    const refused = { events: 0, letters: 3, unknown: new Set([42]) };
    expect(await parseAgain()).toEqual(refused);
    known = true;
    expect(await parseAgain(new Set([42]))).toEqual(refused);
    expect(await parseAgain()).toEqual({ events: 2, letters: 1, unknown: undefined });
  });

  it('refuse a schema that is none, or of no record', async () => {
    await expect(createAvroValues(settings, { schema: '{' })).rejects.toMatchObject({ code: 'config' });
    await expect(createAvroValues(settings, { schema: '"string"' })).rejects.toThrow(/must be of a record/);
  });
});
