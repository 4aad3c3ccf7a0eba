import avro from 'avsc';
import { describe, expect, it } from 'vitest';

import { SegtideError } from '../../src/errors.js';
import { createAvroDecoder } from '../../src/ingest/avro-decoder.js';
import { avroFingerprint } from '../../src/ingest/avro-fingerprint.js';

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
const WRITTEN = { customer: 'a', time: 1_704_067_200_123_456, value: 1.5, tags: { x: 'y' } };
const RECORD = { ...WRITTEN, time: new Date(1_704_067_200_123) };

const recordOf = (type: unknown) => ({ type: 'record', name: 'One', fields: [{ name: 'n', type }] });

function framed(body: Buffer, fingerprint = avroFingerprint(canonical)): Buffer {
  const head = Buffer.from([0xc3, 0x01, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64LE(fingerprint, 2);
  return Buffer.concat([head, body]);
}

describe('avro decoder', () => {
  it('decodes bare and single-object payloads', async () => {
    const decoder = await createAvroDecoder(SCHEMA);
    const body = plain.toBuffer(WRITTEN);
    expect(decoder.decode(body)).toEqual({ record: RECORD });
    expect(decoder.decode(framed(body))).toEqual({ record: RECORD });
    expect(await createAvroDecoder(JSON.stringify(SCHEMA)).then((d) => d.decode(body))).toEqual({ record: RECORD });
  });

  it('refuses payloads of another schema, cut ones and others', async () => {
    const decoder = await createAvroDecoder(SCHEMA);
    const body = plain.toBuffer(WRITTEN);
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
      /^unreadable: the payload has another schema, 0000000000000001; [0-9a-f]{16} is configured$/,
    );
    for (const detail of details.slice(1))
      expect(detail).toMatch(/^unreadable: the payload is not what the Avro schema says/);
    const strict = await createAvroDecoder(SCHEMA, { framing: 'single-object' });
    expect(strict.decode(body)).toMatchObject({ reason: 'unreadable', detail: expect.stringContaining('C3 01') });
  });

  it('reads what begins like a marker as the record where it is told that nothing precedes it', async () => {
    const long = recordOf('long');
    const [bare, auto] = [await createAvroDecoder(long, { framing: 'none' }), await createAvroDecoder(long)];
    expect(bare.decode(Buffer.from([0xc3, 0x01]))).toEqual({ record: { n: -98 } });
    expect(auto.decode(Buffer.from([0xc3, 0x01]))).toEqual({ record: { n: -98 } }); // too short for a header
    const eight = await createAvroDecoder(
      {
        type: 'record',
        name: 'Two',
        fields: [
          { name: 'n', type: 'long' },
          { name: 'v', type: 'double' },
        ],
      },
      { framing: 'none' },
    );
    expect(eight.decode(Buffer.from([0xc3, 0x01, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f]))).toEqual({
      record: { n: -98, v: 1.5 },
    });
  });

  it('takes off the header of a registry, whatever schema id it names', async () => {
    const decoder = await createAvroDecoder(SCHEMA, { framing: 'registry' });
    const body = plain.toBuffer(WRITTEN);
    expect(decoder.decode(Buffer.concat([Buffer.from([0, 1, 2, 3, 4]), body]))).toEqual({ record: RECORD });
    for (const payload of [body, Buffer.from([0, 0, 0, 1]), Buffer.alloc(0)]) {
      expect(decoder.decode(payload)).toMatchObject({ detail: expect.stringContaining('no registry header') });
    }
    expect(decoder.decode(Buffer.alloc(5))).toMatchObject({ detail: expect.stringContaining('not what the Avro') });
  });

  it('says what is wrong with a schema', async () => {
    await expect(createAvroDecoder(undefined)).rejects.toThrow(SegtideError);
    await expect(createAvroDecoder({ type: 'recrod' })).rejects.toThrow(/Avro schema is not valid/);
    await expect(createAvroDecoder('"long"')).rejects.toThrow(/must be of a record.*got abstract:long/);
    await expect(createAvroDecoder('{"type":')).rejects.toThrow(/Avro schema is not valid/);
  });
});
