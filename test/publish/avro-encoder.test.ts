import avro from 'avsc';
import { describe, expect, it } from 'vitest';
import { createAvroDecoder } from '../../src/ingest/avro-decoder.js';
import { avroHeader } from '../../src/ingest/avro-fingerprint.js';
import { createAvroEncoder } from '../../src/publish/avro-encoder.js';
import { LATE } from '../../src/publish/output.js';

describe('Avro encoder', () => {
  const late = { customerId: 'a', eventTime: 0, values: [1.5], watermark: 1, source: 's', row: 1, offset: 0 };

  it('writes the marker C3 01 and the fingerprint before each record', async () => {
    const encode = await createAvroEncoder(LATE);
    const bytes = encode(late);
    expect([...bytes.subarray(0, 2)]).toEqual([0xc3, 0x01]);
    const type = avro.Type.forSchema(LATE.schema as unknown as avro.Schema);
    expect(bytes.subarray(0, 10)).toEqual(avroHeader(type));
    expect(type.fromBuffer(bytes.subarray(10))).toMatchObject({ customerId: 'a' });
  });

  it('writes a zero byte and the id of a registry before each record', async () => {
    const encode = await createAvroEncoder(LATE, 0x01020304);
    const bytes = encode(late);
    expect([...bytes.subarray(0, 5)]).toEqual([0, 1, 2, 3, 4]);
    const decoder = await createAvroDecoder(LATE.schema, { framing: 'registry' });
    expect(decoder.decode(bytes)).toMatchObject({ record: { customerId: 'a' } });
  });

  it('writes what the decoder reads', async () => {
    const encode = await createAvroEncoder(LATE);
    const decoder = await createAvroDecoder(LATE.schema, { framing: 'single-object' });
    expect(decoder.decode(encode(late))).toMatchObject({ record: { customerId: 'a', values: [1.5], row: 1 } });
  });
});
