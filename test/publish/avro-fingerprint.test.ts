import avro from 'avsc';
import { describe, expect, it } from 'vitest';
import { createAvroEncoder } from '../../src/publish/avro-encoder.js';
import { avroFingerprint } from '../../src/publish/avro-fingerprint.js';
import { LATE } from '../../src/publish/output.js';

const hex = (schema: avro.Schema) =>
  Buffer.from(avroFingerprint(avro.Type.forSchema(schema)))
    .reverse()
    .toString('hex');

describe('Avro fingerprint', () => {
  it('is that of the Avro project for its own test schemas', () => {
    // share/test/data/schema-tests.txt of apache/avro
    expect(hex('null')).toBe('63dd24e7cc258f8a');
    expect(hex('int')).toBe('7275d51a3f395c8f');
  });

  it('is the same whatever is said about the fields', () => {
    const schema = (doc: string): avro.Schema => ({
      type: 'record',
      name: 'a.B',
      doc,
      fields: [{ name: 'c', type: 'int', doc }],
    });
    expect(hex(schema('one'))).toBe(hex(schema('other')));
  });

  it('follows the marker C3 01 before each record', async () => {
    const encode = await createAvroEncoder(LATE);
    const bytes = encode({ customerId: 'a', eventTime: 0, values: [], watermark: 1, source: 's', row: 1, offset: 0 });
    expect([...bytes.subarray(0, 2)]).toEqual([0xc3, 0x01]);
    const type = avro.Type.forSchema(LATE.schema as unknown as avro.Schema);
    expect(bytes.subarray(2, 10)).toEqual(avroFingerprint(type));
    expect(type.fromBuffer(bytes.subarray(10))).toMatchObject({ customerId: 'a' });
  });
});
