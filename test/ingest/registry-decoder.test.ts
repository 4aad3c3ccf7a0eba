import avro, { type Schema } from 'avsc';
import { describe, expect, it } from 'vitest';
import { createRegistryDecoder } from '../../src/ingest/registry-decoder.js';
import type { SchemaSource } from '../../src/ingest/schema-source.js';

const record = (fields: readonly object[], name = 'Usage'): object => ({ type: 'record', name, fields });
const V1 = record([
  { name: 'customer', type: 'string' },
  { name: 'kwh', type: 'double' },
]);
const V2 = record([
  { name: 'site', type: ['null', 'string'], default: null }, // added
  { name: 'customerId', type: 'string', aliases: ['id', 'customer'] }, // renamed
  { name: 'kwh', type: 'double' },
]);
const V3 = record([{ name: 'customerId', type: 'string', aliases: ['customer'] }]); // kwh removed

function framed(id: number, schema: object, value: unknown): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(id, 1);
  return Buffer.concat([head, avro.Type.forSchema(schema as Schema, { wrapUnions: false }).toBuffer(value)]);
}

/** Knows these schemas, and counts how often it is asked. */
function sourceOf(schemas: Record<number, object | string>): SchemaSource & { readonly asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    find: async (id) => {
      asked.push(id);
      const schema = schemas[id];
      if (schema === undefined) return { missing: 'is not known' };
      return { schema: typeof schema === 'string' ? schema : JSON.stringify(schema), references: [] };
    },
  };
}

describe('registry decoder', () => {
  it('reads each record by the schema that it was written with, whatever changed', async () => {
    const source = sourceOf({ 1: V1, 2: V2, 3: V3 });
    const decoder = createRegistryDecoder(source, { keys: new Set(['customer', 'kwh']) });
    const payloads = [
      framed(1, V1, { customer: 'a', kwh: 1 }),
      framed(2, V2, { site: 's', customerId: 'b', kwh: 2 }),
      framed(3, V3, { customerId: 'c' }),
      framed(1, V1, { customer: 'd', kwh: 4 }),
    ];
    await decoder.prepare!(payloads);
    expect(payloads.map((payload) => decoder.decode(payload))).toEqual([
      { record: { customer: 'a', kwh: 1 } },
      { record: { site: 's', customer: 'b', kwh: 2 } },
      { record: { customer: 'c' } },
      { record: { customer: 'd', kwh: 4 } },
    ]);
    expect(source.asked).toEqual([1, 2, 3]);
    expect(decoder.prepare!(payloads)).toBeUndefined();
  });

  it('goes by a field itself where the alias names another', async () => {
    const schema = record([
      { name: 'customer', type: 'string' },
      { name: 'payer', type: 'string', aliases: ['customer'] },
    ]);
    const decoder = createRegistryDecoder(sourceOf({ 1: schema }), { keys: new Set(['customer']) });
    const payload = framed(1, schema, { customer: 'a', payer: 'b' });
    await decoder.prepare!([payload]);
    expect(decoder.decode(payload)).toEqual({ record: { customer: 'a', payer: 'b' } });
  });

  it('refuses unknown ids, broken schemas, broken bodies and what has no header, and asks again for the unknown', async () => {
    const schemas: Record<number, object | string> = { 1: V1, 2: '{"type":', 3: '"string"', 4294967295: V1 };
    const source = sourceOf(schemas);
    const decoder = createRegistryDecoder(source);
    const good = framed(1, V1, { customer: 'a', kwh: 1 });
    const payloads = [9, 2, 3, 1].map((id) => framed(id, V1, { customer: 'a', kwh: 1 }));
    payloads.push(good.subarray(0, -1), good.subarray(0, 4), Buffer.from('{"a":1}'), Buffer.alloc(0));
    await decoder.prepare!(payloads);
    const details = payloads.map((payload) => {
      const decoded = decoder.decode(payload);
      return 'reason' in decoded ? `${decoded.reason}: ${decoded.detail}` : 'read';
    });
    expect(details[0]).toBe("unreadable: the payload's schema, id 9, is not known");
    expect(details[1]).toMatch(/^unreadable: the payload's schema, id 2, is of no use: the Avro schema is not valid/);
    expect(details[2]).toMatch(/id 3, is of no use: the Avro schema must be of a record/);
    expect(details[3]).toBe('read');
    expect(details[4]).toMatch(/not what the Avro schema says/);
    for (const detail of details.slice(5)) expect(detail).toMatch(/no registry header/);

    schemas[9] = V1;
    await decoder.prepare!(payloads);
    expect(decoder.decode(payloads[0]!)).toHaveProperty('record');
    expect(source.asked).toEqual([9, 2, 3, 1, 9]);
    await decoder.prepare!([framed(0xffffffff, V1, { customer: 'a', kwh: 1 })]);
    expect(source.asked.at(-1)).toBe(0xffffffff);
  });

  it('asks for a bounded number of ids at once', async () => {
    const source = sourceOf({});
    const decoder = createRegistryDecoder(source);
    const payloads = Array.from({ length: 5000 }, (_, id) => framed(id, V1, { customer: 'a', kwh: 1 }));
    await decoder.prepare!(payloads);
    expect(source.asked).toHaveLength(250);
    expect(decoder.decode(payloads[4999]!)).toMatchObject({ detail: expect.stringContaining('more than 250 new ids') });
  });

  it('passes on that the registry can not be asked', async () => {
    const decoder = createRegistryDecoder({ find: () => Promise.reject(new Error('down')) });
    await expect(decoder.prepare!([framed(1, V1, { customer: 'a', kwh: 1 })])).rejects.toThrow('down');
  });

  it('knows the types that other schemas define', async () => {
    const inner = record([{ name: 'id', type: 'string' }], 'org.example.Customer');
    const outer = record([{ name: 'customer', type: 'org.example.Customer' }]);
    const source: SchemaSource = {
      find: async () => ({ schema: JSON.stringify(outer), references: [JSON.stringify(inner)] }),
    };
    const decoder = createRegistryDecoder(source);
    const payload = Buffer.from([0, 0, 0, 0, 1, 2, 0x61]);
    await decoder.prepare!([payload]);
    expect(decoder.decode(payload)).toEqual({ record: { customer: { id: 'a' } } });
  });
});
