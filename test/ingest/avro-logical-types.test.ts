import avro, { type Schema } from 'avsc';
import { describe, expect, it } from 'vitest';
import type { SegtideError } from '../../src/errors.js';
import { avroHeader } from '../../src/ingest/avro-fingerprint.js';
import { createAvroReader } from '../../src/ingest/avro-reader.js';
import { ExactNumber } from '../../src/ingest/exact-number.js';
import { LocalTime } from '../../src/ingest/local-time.js';
import { hex, long, text } from './avro-bytes.js';

const schemaOf = (type: unknown): object => ({ type: 'record', name: 'One', fields: [{ name: 'n', type }] });

async function readerOf(type: unknown): Promise<(body: readonly number[]) => unknown> {
  const reader = await createAvroReader(schemaOf(type));
  return (body) => (reader.read(Buffer.from(body)) as { n: unknown }).n;
}

const decimal = (precision: unknown, scale?: unknown) => ({ type: 'bytes', logicalType: 'decimal', precision, scale });
const fixedDecimal = (size: number, precision: number, scale: number) => ({
  type: 'fixed',
  name: 'D',
  size,
  logicalType: 'decimal',
  precision,
  scale,
});

describe('Avro logical types', () => {
  it.each([
    ['04d2', 2, '12.34'],
    ['fb2e', 2, '-12.34'],
    ['04d2', 0, '1234'],
    ['04d2', 6, '0.001234'],
    ['ff', 3, '-0.001'],
    ['00', 0, '0'],
    ['00', 2, '0.00'],
    ['', 0, '0'],
    ['80', 0, '-128'],
    ['0080', 0, '128'],
    ['000000000000000080', 0, '128'],
    ['0de0b6b3a7640001', 4, '100000000000000.0001'], // 10^18 + 1
    ['0fffffffffffffffffffffffffffffff', 0, '21267647932558653966460912964485513215'], // 2^124 - 1
  ])('reads the decimal of bytes %s with scale %i as %s', async (digits, scale, expected) => {
    const bytes = hex(digits);
    const read = await readerOf(decimal(40, scale));
    expect(read([...long(bytes.length), ...bytes])).toEqual(new ExactNumber(expected));
    if (bytes.length === 0) return;
    const fixed = await readerOf(['null', fixedDecimal(bytes.length, 40, scale)]);
    expect(fixed([2, ...bytes])).toEqual(new ExactNumber(expected));
  });

  it('refuses decimals that are longer than they say, before digits are made of them', async () => {
    const read = await readerOf(decimal(3, 0));
    expect(read([4, 0x03, 0xe7])).toEqual(new ExactNumber('999'));
    expect(() => read([4, 0x03, 0xe8])).toThrow('more than 3 digits');
    expect(() => read([...long(1_000_000), ...Array<number>(1_000_000).fill(1)])).toThrow('has 1000000 bytes');
    expect(() => read([10, 1])).toThrow('truncated decimal');
    expect(() => read(long(2n ** 62n))).toThrow('truncated decimal');
  });

  it.each([
    [0, 0],
    [1001, 0],
    [3, 4],
    [3, -1],
    ['3', 0],
    [undefined, 0],
    [1e9, 1e9],
  ])('passes a decimal over whose precision and scale are %j and %j', async (precision, scale) => {
    const read = await readerOf(decimal(precision, scale));
    expect(read([4, 1, 2])).toEqual(Buffer.from([1, 2]));
  });

  it.each([
    ['millis', 1n],
    ['micros', 1000n],
    ['nanos', 1_000_000n],
  ])('reads local-timestamp-%s as times without a zone, rounded down', async (unit, perMs) => {
    const read = await readerOf({ type: 'long', logicalType: `local-timestamp-${unit}` });
    for (const [ticks, ms] of [
      [1_704_067_200_123n * perMs, 1_704_067_200_123],
      [1_704_067_200_124n * perMs - 1n, perMs === 1n ? 1_704_067_200_123 : 1_704_067_200_123],
      [-1n, -1],
    ] as const) {
      expect(read(long(ticks))).toEqual(new LocalTime(ms));
    }
  });

  it('reads a date as midnight, without a zone', async () => {
    const read = await readerOf({ type: 'int', logicalType: 'date' });
    expect(read(long(20_454))).toEqual(new LocalTime(Date.UTC(2026, 0, 1)));
    expect(read(long(-1))).toEqual(new LocalTime(Date.UTC(1969, 11, 31)));
  });

  it('reads a uuid as its text, however it is written', async () => {
    const uuid = '01234567-89ab-cdef-0123-456789abcdef';
    const fixed = await readerOf({ type: 'fixed', name: 'U', size: 16, logicalType: 'uuid' });
    expect(fixed(hex(uuid.replaceAll('-', '')))).toBe(uuid);
    expect(() => fixed([1])).toThrow();
    expect((await readerOf({ type: 'string', logicalType: 'uuid' }))(text(uuid))).toBe(uuid);
    const other = await readerOf({ type: 'fixed', name: 'U', size: 2, logicalType: 'uuid' });
    expect(other([1, 2])).toEqual(Buffer.from([1, 2]));
  });

  it('reads enums as their symbols and fixed as bytes', async () => {
    const symbols = await readerOf({ type: 'enum', name: 'E', symbols: ['HOUSE', 'SHOP'] });
    expect(symbols([2])).toBe('SHOP');
    expect(() => symbols([4])).toThrow();
    expect(() => symbols([1])).toThrow();
    const fixed = await readerOf({ type: 'fixed', name: 'F', size: 3 });
    expect(fixed([1, 2, 3])).toEqual(Buffer.from([1, 2, 3]));
    expect(() => fixed([1, 2])).toThrow();
  });

  it('finds types by name that are used again', async () => {
    const reader = await createAvroReader({
      type: 'record',
      name: 'Two',
      fields: [
        { name: 'a', type: fixedDecimal(1, 2, 1) },
        { name: 'b', type: 'D' },
      ],
    });
    expect(reader.read(Buffer.from([15, 25]))).toEqual({ a: new ExactNumber('1.5'), b: new ExactNumber('2.5') });
  });

  it('leave the fingerprint as it is', async () => {
    const schema = {
      type: 'record',
      name: 'All',
      fields: [
        { name: 'a', type: fixedDecimal(4, 5, 1), default: '\u0000\u0000\u0000\u0001' },
        { name: 'b', type: ['null', decimal(5, 1)], default: null },
        { name: 'c', type: { type: 'int', logicalType: 'date' }, default: 0 },
        { name: 'd', type: { type: 'fixed', name: 'U', size: 16, logicalType: 'uuid' } },
        { name: 'e', type: { type: 'long', logicalType: 'local-timestamp-micros' } },
      ],
    };
    const { type } = await createAvroReader(schema);
    expect(avroHeader(type)).toEqual(avroHeader(avro.Type.forSchema(schema as Schema)));
  });

  it('takes a schema that writes code for a schema that is wrong', async () => {
    for (const name of ['a;process.exit(9)', 'x(){}', "a'", 'a b', '']) {
      const field = { type: 'record', name: 'A', fields: [{ name, type: 'int' }] };
      await expect(createAvroReader(field)).rejects.toMatchObject({ code: 'config' });
    }
    const recordNamed = (name: string): Promise<unknown> =>
      createAvroReader({ type: 'record', name, fields: [{ name: 'n', type: 'int' }] }).then(
        (reader) => reader.read(Buffer.from([2])),
        (error: SegtideError) => error.code,
      );
    for (const name of ['A(){};process.exit(9);function B', 'a;b', '1']) expect(await recordNamed(name)).toBe('config');
    for (const name of ['constructor', '__proto__', 'toString']) expect(await recordNamed(name)).toEqual({ n: 1 });
  });

  it('gives a field named __proto__ or constructor no meaning', async () => {
    const inner = { type: 'record', name: 'I', fields: [{ name: 'id', type: 'string' }] };
    const reader = await createAvroReader({
      type: 'record',
      name: 'P',
      fields: [
        { name: '__proto__', type: inner },
        { name: 'constructor', type: 'I' },
      ],
    });
    const record = reader.read(Buffer.from([...text('evil'), ...text('too')])) as object;
    expect('id' in {}).toBe(false);
    expect(Object.hasOwn(record, 'id')).toBe(false);
    expect({}.constructor).toBe(Object);
  });
});
