import type { Schema } from 'avsc';
import { avroHeader } from '../ingest/avro-fingerprint.js';
import type { Output } from './output.js';

/** Writes records of one output as Avro. */
export type AvroEncoder<T> = (record: T) => Buffer;

/**
 * Creates an encoder for an output's schema. It writes Avro's single-object encoding: the bytes C3 01, the schema's
 * CRC-64-AVRO fingerprint, and the record, so that a reader can tell what it has before it.
 *
 * avsc is loaded by the first call.
 */
export async function createAvroEncoder<T>(output: Output<T>): Promise<AvroEncoder<T>> {
  const { default: avro } = await import('avsc');
  const type = avro.Type.forSchema(output.schema as unknown as Schema);
  const header = avroHeader(type);
  return (record) => Buffer.concat([header, type.toBuffer(output.toAvro(record))]);
}
