import avro, { type Schema } from 'avsc';
import { describe, expect, it } from 'vitest';
import { avroFingerprint, avroHeader } from '../../src/ingest/avro-fingerprint.js';

describe('Avro fingerprint', () => {
  it('is that of the Avro project for its own test schemas', () => {
    // share/test/data/schema-tests.txt of apache/avro
    expect(avroFingerprint('"null"')).toBe(0x63dd24e7cc258f8an);
    expect(avroFingerprint('"int"')).toBe(0x7275d51a3f395c8fn);
  });
});

describe('Avro header', () => {
  it('is the marker C3 01 and the fingerprint, in little endian', () => {
    const header = avroHeader(avro.Type.forSchema('int'));
    expect(header.toString('hex')).toBe('c3018f5c393f1ad57572');
  });

  it('is the same whatever is said about the fields', () => {
    const header = (doc: string): Buffer => {
      const schema: Schema = { type: 'record', name: 'a.B', doc, fields: [{ name: 'c', type: 'int', doc }] };
      return avroHeader(avro.Type.forSchema(schema));
    };
    expect(header('one')).toEqual(header('other'));
  });
});
