import type { Schema, Type } from 'avsc';
import { avroHeader } from '../ingest/avro-fingerprint.js';
import type { Output } from './output.js';

/** Writes records of one output as Avro. */
export type AvroEncoder<T> = (record: T) => Buffer;

/**
 * Creates an encoder for an output's schema, which puts before each record what tells a reader how to read it. That is
 * Avro's single-object encoding, the bytes C3 01 and the schema's CRC-64-AVRO fingerprint; or, where the schema has an id
 * in a registry, the registry's wire format: a zero byte and the id in four bytes.
 *
 * avsc is loaded by the first call.
 */
export async function createAvroEncoder<T>(output: Output<T>, schemaId?: number): Promise<AvroEncoder<T>> {
  const { default: avro } = await import('avsc');
  const type: Type = avro.Type.forSchema(output.schema as unknown as Schema);
  const header = schemaId === undefined ? avroHeader(type) : registryHeader(schemaId);
  return (record) => Buffer.concat([header, type.toBuffer(output.toAvro(record))]);
}

function registryHeader(schemaId: number): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(schemaId, 1);
  return header;
}
