import avro from 'avsc';
import { describe, expect, it } from 'vitest';

import { SegtideError } from '../../src/errors.js';
import { createAvroDecoder } from '../../src/ingest/avro-decoder.js';
import { avroFingerprint } from '../../src/ingest/avro-fingerprint.js';
import { resolveIngest } from '../../src/ingest/ingest-settings.js';
import { createObjectParser } from '../../src/ingest/object-parser.js';

const SCHEMA = {
  type: 'record',
  name: 'Usage',
  namespace: 'org.example',
  doc: 'not part of the canonical form',
  fields: [
    { name: 'customer', type: 'string' },
    { name: 'time', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'value', type: ['null', 'double'], default: null },
    { name: 'tags', type: { type: 'map', values: 'string' }, default: {} },
  ],
};
const plain = avro.Type.forSchema(SCHEMA as never, { wrapUnions: false });
const canonical =
  '{"name":"org.example.Usage","type":"record","fields":[{"name":"customer","type":"string"},{"name":"time","type":"long"},{"name":"value","type":["null","double"]},{"name":"tags","type":{"type":"map","values":"string"}}]}';
const RECORD = { customer: 'a', time: 1_704_067_200_123_456, value: 1.5, tags: { x: 'y' } };

function framed(body: Buffer, fingerprint = avroFingerprint(canonical)): Buffer {
  const head = Buffer.from([0xc3, 0x01, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64LE(fingerprint, 2);
  return Buffer.concat([head, body]);
}

describe('avro decoder', () => {
  it('knows the fingerprints of the specification', () => {
    expect(avroFingerprint('"null"')).toBe(0x63dd24e7cc258f8an);
    expect(avroFingerprint('"int"')).toBe(0x7275d51a3f395c8fn);
  });

  it('decodes bare and single-object payloads', async () => {
    const decoder = await createAvroDecoder(SCHEMA);
    const body = plain.toBuffer(RECORD);
    expect(decoder.decode(body)).toEqual({ record: RECORD });
    expect(decoder.decode(framed(body))).toEqual({ record: RECORD });
    expect(await createAvroDecoder(JSON.stringify(SCHEMA)).then((d) => d.decode(body))).toEqual({ record: RECORD });
  });

  it('refuses payloads of another schema, cut ones and others', async () => {
    const decoder = await createAvroDecoder(SCHEMA);
    const body = plain.toBuffer(RECORD);
    const details = [
      framed(body, 1n),
      body.subarray(0, -1),
      Buffer.concat([body, body]),
      Buffer.alloc(0),
      framed(body).subarray(0, 12),
    ].map((payload) => {
      const got = decoder.decode(payload);
      return 'reason' in got ? `${got.reason}: ${got.detail}` : 'decoded';
    });
    expect(details[0]).toMatch(
      /^unreadable: the payload has schema 0000000000000001, where [0-9a-f]{16} is configured$/,
    );
    for (const detail of details.slice(1))
      expect(detail).toMatch(/^unreadable: the payload is not what the Avro schema says/);
    const strict = await createAvroDecoder(SCHEMA, { framing: 'single-object' });
    expect(strict.decode(body)).toMatchObject({ reason: 'unreadable', detail: expect.stringContaining('C3 01') });
    const bare = await createAvroDecoder('long', { framing: 'bare' });
    expect(bare.decode(Buffer.from([0xc3, 0x01]))).toEqual({ record: -98 });
  });

  it('keeps longs that a double cannot hold', async () => {
    const decoder = await createAvroDecoder('long');
    const long = (value: bigint): Buffer => {
      const bytes: number[] = [];
      let n = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
      for (; n > 127n; n >>= 7n) bytes.push(Number(n & 127n) | 128);
      return Buffer.from([...bytes, Number(n)]);
    };
    for (const value of [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, 1_704_067_200_123_456_789n]) {
      expect(decoder.decode(long(value))).toEqual({ record: value });
    }
    expect(decoder.decode(long(2n ** 53n - 1n))).toEqual({ record: 2 ** 53 - 1 });
    expect(decoder.decode(long(-5n))).toEqual({ record: -5 });
  });

  it('gives map keys such as __proto__ no meaning', async () => {
    const decoder = await createAvroDecoder({ type: 'map', values: { type: 'map', values: 'string' } });
    // { "__proto__": { "id": "evil" } }
    const text = (s: string): number[] => [s.length * 2, ...Buffer.from(s)];
    const payload = Buffer.from([2, ...text('__proto__'), 2, ...text('id'), ...text('evil'), 0, 0]);
    const got = decoder.decode(payload);
    expect('id' in {}).toBe(false);
    const parser = createObjectParser(resolveIngest({ fields: { customer: 'id', time: 't' } }));
    if ('record' in got) parser.append(got.record, { source: 'k', row: 1, offset: 0 });
    expect(parser.takeBatch().deadLetters).toMatchObject([{ reason: 'incomplete', detail: 'field `id` is missing' }]);
  });

  it('says what is wrong with a schema', async () => {
    await expect(createAvroDecoder(undefined)).rejects.toThrow(SegtideError);
    await expect(createAvroDecoder({ type: 'recrod' })).rejects.toThrow(/Avro schema is not valid/);
    await expect(createAvroDecoder('{"type":')).rejects.toThrow(/Avro schema is not valid/);
  });
});
