import type { Schema } from 'avsc';
import type { Output } from './output.js';

/** Writes records of one output as Avro binary, without a header. */
export type AvroEncoder<T> = (record: T) => Buffer;

/** Creates an encoder for an output's schema. avsc is loaded by the first call. */
export async function createAvroEncoder<T>(output: Output<T>): Promise<AvroEncoder<T>> {
  const { default: avro } = await import('avsc');
  const type = avro.Type.forSchema(output.schema as unknown as Schema);
  return (record) => type.toBuffer(output.toAvro(record));
}
