import { createAvroEncoder } from '../../publish/avro-encoder.js';
import type { Output } from '../../publish/output.js';
import type { OutgoingRecord } from './kafka-producer.js';

export interface RecordWriterOptions {
  /** JSON, or Avro behind what tells its schema. @default 'json' */
  readonly encoding?: 'json' | 'avro';
  /** Avro: the schema's id in a registry, whose wire format is then written. @default Avro's single-object encoding */
  readonly schemaId?: number | undefined;
}

/** Makes the Kafka record of one record that leaves. */
export type RecordWriter<T> = (record: T) => OutgoingRecord & { readonly value: string | Buffer };

/** Creates what writes the records of one output, with its key and headers. avsc is loaded for Avro alone. */
export async function createRecordWriter<T>(
  output: Output<T>,
  { encoding, schemaId }: RecordWriterOptions = {},
): Promise<RecordWriter<T>> {
  const encode = encoding === 'avro' ? await createAvroEncoder(output, schemaId) : output.toJson;
  return (record) => {
    const outgoing = { key: output.key(record), value: encode(record) };
    return output.headers === undefined ? outgoing : { ...outgoing, headers: output.headers(record) };
  };
}
