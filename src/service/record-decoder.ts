import type { Schema } from 'avsc';
import { avroHeader } from '../ingest/avro-fingerprint.js';
import type { Output } from '../publish/output.js';
import type { Config } from './config/schema.js';

/** Reads a record of one output from the value of a topic. */
export type RecordDecoder = (value: Buffer) => unknown;

/** Zero and the schema's id, as schema registries have it. */
const REGISTRY_BYTES = 5;

/**
 * Creates what reads records as `output.format` writes them. Avro records are read by the schemas of this version.
 *
 * @throws Error from the decoder, for a value that is none
 */
export async function createRecordDecoder(
  { schema }: Output<never>,
  { format, registry }: Config['output'],
): Promise<RecordDecoder> {
  if (format === 'json') return (value) => JSON.parse(value.toString());
  const { default: avro } = await import('avsc');
  const type = avro.Type.forSchema(schema as unknown as Schema);
  const header = avroHeader(type);
  return (value) => {
    if (registry !== undefined) return type.fromBuffer(value.subarray(REGISTRY_BYTES));
    if (!value.subarray(0, header.length).equals(header)) throw new Error('it was written with another schema');
    return type.fromBuffer(value.subarray(header.length));
  };
}
