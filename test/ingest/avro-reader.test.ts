import avro, { type Schema } from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avroHeader } from '../../src/ingest/avro-fingerprint.js';
import { createAvroReader } from '../../src/ingest/avro-reader.js';
import { resolveIngest } from '../../src/ingest/ingest-settings.js';
import { createObjectParser } from '../../src/ingest/object-parser.js';
import { long, text } from './avro-bytes.js';

/** A record of one field is written as the field alone. */
const schemaOf = (type: unknown): object => ({ type: 'record', name: 'One', fields: [{ name: 'n', type }] });

async function readerOf(type: unknown): Promise<(body: Buffer | readonly number[]) => unknown> {
  const reader = await createAvroReader(schemaOf(type));
  return (body) => (reader.read(Buffer.from(body)) as { n: unknown }).n;
}

describe('avro reader', () => {
  it.each(['long', { type: 'long' }, { type: 'long', logicalType: 'unheard-of' }])(
    'keeps longs that a double cannot hold, declared as %j',
    async (type) => {
      const read = await readerOf(type);
      for (const value of [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, 1_704_067_200_123_456_789n]) {
        expect(read(long(value))).toBe(value);
      }
      expect(read(long(2n ** 53n - 1n))).toBe(2 ** 53 - 1);
      expect(read(long(-5n))).toBe(-5);
    },
  );

  it('keeps the longs of unions, arrays, maps and records in records', async () => {
    const big = 2n ** 60n + 1n;
    expect((await readerOf(['null', 'long']))([2, ...long(big)])).toBe(big);
    expect((await readerOf(['null', 'long']))([0])).toBe(null);
    expect((await readerOf({ type: 'array', items: 'long' }))([2, ...long(big), 0])).toEqual([big]);
    expect((await readerOf({ type: 'map', values: 'long' }))([2, ...text('k'), ...long(big), 0])).toEqual({ k: big });
    const inner = { type: 'record', name: 'Inner', fields: [{ name: 'id', type: ['null', 'long'], default: null }] };
    expect((await readerOf(inner))([2, ...long(big)])).toEqual({ id: big });
  });

  it.each([
    ['millis', 1n],
    ['micros', 1000n],
    ['nanos', 1_000_000n],
  ])('reads timestamp-%s as Dates, rounded down', async (unit, perMs) => {
    const type = { type: 'long', logicalType: `timestamp-${unit}` };
    const [plain, nullable] = [await readerOf(type), await readerOf(['null', type])];
    const T0 = 1_704_067_200_123n;
    for (const [ticks, ms] of [
      [0n, 0n],
      [T0 * perMs, T0],
      [(T0 + 1n) * perMs - 1n, T0],
      [-perMs, -1n],
      [-perMs - 1n, -2n],
      [-1n, -1n],
      [-T0 * perMs - 1n, -T0 - 1n],
      [-T0 * perMs, -T0],
    ] as const) {
      expect(plain(long(ticks))).toEqual(new Date(Number(ms)));
      expect(nullable([2, ...long(ticks)])).toEqual(new Date(Number(ms)));
    }
  });

  it('reads a time far out as one that no event can have', async () => {
    const read = await readerOf({ type: 'long', logicalType: 'timestamp-millis' });
    expect((read(long(2n ** 62n)) as Date).getTime()).toBeNaN();
  });

  it('gives the value of a union alone, also where branches are of one kind', async () => {
    const records = ['A', 'B'].map((name) => ({ type: 'record', name, fields: [{ name: 'v', type: 'double' }] }));
    const float = [0, 0, 0xc0, 0x3f];
    const double = [0, 0, 0, 0, 0, 0, 0xf8, 0x3f];
    const read = await readerOf(['null', 'int', 'long', 'float', 'double', ...records]);
    expect([[0], [2, 6], [4, 6], [6, ...float], [8, ...double]].map(read)).toEqual([null, 3, 3, 1.5, 1.5]);
    expect(
      [
        [10, ...double],
        [12, ...double],
      ].map(read),
    ).toEqual([{ v: 1.5 }, { v: 1.5 }]);
    expect(() => read([14])).toThrow('a union of 7 has no branch 7');
    expect(() => read([1])).toThrow('no branch -1');
  });

  it('takes the defaults that a schema gives', async () => {
    const fields = [
      { name: 'a', type: 'long', default: 3 },
      { name: 'b', type: { type: 'long', logicalType: 'timestamp-micros' }, default: 0 },
      { name: 'c', type: ['long', 'null'], default: 2 ** 63 },
      { name: 'd', type: { type: 'array', items: 'int' }, default: [] },
      { name: 'e', type: { type: 'map', values: ['null', 'long'] }, default: {} },
    ];
    const reader = await createAvroReader({ type: 'record', name: 'Defaults', fields });
    expect(reader.read(Buffer.from([2, 0, 0, 4, 0, 0]))).toEqual({ a: 1, b: new Date(0), c: 2, d: [], e: {} });
  });

  it('has the fingerprint of the schema, not of its readers', async () => {
    const schema = {
      type: 'record',
      name: 'a.All',
      fields: [
        { name: 'i', type: 'int' },
        { name: 't', type: ['null', { type: 'long', logicalType: 'timestamp-nanos' }], default: null },
        { name: 'm', type: { type: 'map', values: { type: 'array', items: { type: 'string' } } } },
        { name: 'next', type: ['null', 'All'], default: null },
      ],
    };
    const { type } = await createAvroReader(schema);
    expect(avroHeader(type)).toEqual(avroHeader(avro.Type.forSchema(schema as Schema)));
  });

  it('gives map keys such as __proto__ no meaning', async () => {
    const reader = await createAvroReader(schemaOf({ type: 'map', values: { type: 'map', values: 'string' } }));
    // { "__proto__": { "id": "evil" } }
    const record = reader.read(Buffer.from([2, ...text('__proto__'), 2, ...text('id'), ...text('evil'), 0, 0]));
    expect('id' in {}).toBe(false);
    const map = (record as { n: object }).n;
    expect(Object.keys(map)).toEqual(['__proto__']);
    expect('id' in map).toBe(false);
    const parser = createObjectParser(resolveIngest({ fields: { customer: 'n.id', time: 't' } }));
    parser.append(record, { source: 'k', row: 1, offset: 0 });
    expect(parser.takeBatch().deadLetters).toMatchObject([{ reason: 'incomplete', detail: 'field `n.id` is missing' }]);
  });

  describe('refuses', () => {
    const empty = { type: 'record', name: 'Empty', fields: [] };
    it.each([
      ['nulls', { type: 'array', items: 'null' }, [...long(30_000_000), 0]],
      ['empty records', { type: 'array', items: empty }, [...long(30_000_000), 0]],
      ['fixed of no bytes', { type: 'array', items: { type: 'fixed', name: 'F', size: 0 } }, [...long(30_000_000), 0]],
      ['longs', { type: 'array', items: 'long' }, long(30_000_000)],
      ['nulls in a block with a size', { type: 'array', items: 'null' }, [...long(-30_000_000), 0, 0]],
      ['nulls in a later block', { type: 'array', items: 'null' }, [2, ...long(30_000_000), 0]],
      ['map entries', { type: 'map', values: 'null' }, long(2n ** 62n)],
    ])('more %s than the body has bytes, before it makes room for them', async (_, type, body) => {
      const read = await readerOf(type);
      expect(() => read(body)).toThrow(/claim more entries than there are bytes/);
    });

    it('small arrays of nulls that are many together', async () => {
      const read = await readerOf({ type: 'array', items: { type: 'array', items: 'null' } });
      const inner = [...long(50), 0];
      expect(() => read([...long(40), ...Array<number[]>(40).fill(inner).flat(), 0])).toThrow(/claim more entries/);
      expect(read([2, 4, 0, 0])).toEqual([[null, null]]); // but not few
    });

    it('records in records without end', async () => {
      const node = { type: 'record', name: 'Node', fields: [{ name: 'n', type: ['null', 'Node'] }] };
      const reader = await createAvroReader(node);
      expect(reader.read(Buffer.from([2, 2, 0]))).toEqual({ n: { n: { n: null } } });
      expect(() => reader.read(Buffer.alloc(1_000_000, 2))).toThrow();
    });

    it('strings that are not UTF-8, since two ids would become one', async () => {
      const [string, map] = [await readerOf('string'), await readerOf({ type: 'map', values: 'int' })];
      expect(() => string([2, 0xff])).toThrow('not UTF-8');
      expect(() => map([2, 2, 0xff, 0, 0])).toThrow('not UTF-8');
      expect(string(text('\ufffd é 😀'))).toBe('\ufffd é 😀');
      expect(string([...long(600), ...Buffer.from('\ufffd'.repeat(200))])).toBe('\ufffd'.repeat(200));
      expect(() => string([200, 1, 65])).toThrow('truncated');
      expect(() => string([1])).toThrow('truncated');
    });

    it('an int that is a long', async () => {
      const read = await readerOf('int');
      expect(read(long(-(2 ** 31)))).toBe(-(2 ** 31));
      expect(() => read(long(2 ** 31))).toThrow('more than 32 bits');
      expect(() => read(long(2n ** 60n + 1n))).toThrow('more than 32 bits');
    });
  });

  it('reads what avsc writes, and never more than the body has', async () => {
    const schema: Schema = {
      type: 'record',
      name: 'Any',
      fields: [
        { name: 'i', type: 'int' },
        { name: 'd', type: ['null', 'double'] },
        { name: 's', type: 'string' },
        { name: 'a', type: { type: 'array', items: 'string' } },
        { name: 'm', type: { type: 'map', values: 'boolean' } },
        { name: 'b', type: 'bytes' },
        { name: 'e', type: { type: 'enum', name: 'E', symbols: ['X', 'Y'] } },
      ],
    };
    const writer = avro.Type.forSchema(schema);
    const reader = await createAvroReader(schema);
    const unicode = fc.string({ unit: 'grapheme' });
    const records = fc.record({
      i: fc.integer(),
      d: fc.option(fc.double({ noNaN: true })),
      s: unicode,
      a: fc.array(unicode),
      m: fc.dictionary(unicode, fc.boolean()),
      b: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      e: fc.constantFrom('X', 'Y'),
    });
    fc.assert(
      fc.property(records, fc.nat(), fc.nat(255), (record, at, byte) => {
        const body = writer.toBuffer(record);
        expect(reader.read(body)).toEqual(record);
        expect(() => reader.read(body.subarray(0, at % body.length))).toThrow();
        body[at % body.length] = byte;
        try {
          reader.read(body);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
