import type { Sink } from '../ports.js';
import type { Output } from '../publish/output.js';
import type { OutgoingRecord } from '../transport/kafka/kafka-producer.js';
import { createRecordWriter } from '../transport/kafka/record-writer.js';
import type { PluginSinks } from './plugin-sinks.js';

/** Records that wait for the next commit. */
export interface RecordBuffer {
  /** Bytes that wait, about. */
  readonly bytes: number;
  /** A sink whose records wait here, as their output writes them. */
  sink<T>(output: Output<T>): Promise<Sink<T>>;
  add(topic: string, record: OutgoingRecord): void;
  /** What waits, by topic; the buffer is empty after it. */
  take(): Map<string, OutgoingRecord[]>;
  /** Records that went through the sinks, by output. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface RecordBufferOptions {
  readonly topicOf: (output: string) => string;
  readonly format: 'json' | 'avro';
  /** Ids of the outputs' schemas in a registry, by output. @default none: Avro's single-object encoding */
  readonly schemaIds?: ReadonlyMap<string, number>;
  /** Get the records as well. @default nobody */
  readonly plugins?: Pick<PluginSinks, 'beside'> | undefined;
}

export function createRecordBuffer({ topicOf, format, schemaIds, plugins }: RecordBufferOptions): RecordBuffer {
  let waiting = new Map<string, OutgoingRecord[]>();
  let bytes = 0;
  const counts = new Map<string, number>();

  const add = (topic: string, record: OutgoingRecord): void => {
    const records = waiting.get(topic);
    if (records === undefined) waiting.set(topic, [record]);
    else records.push(record);
    bytes += RECORD_OVERHEAD + record.key.length + (record.value?.length ?? 0);
  };

  return {
    get bytes() {
      return bytes;
    },
    async sink<T>(output: Output<T>) {
      const toRecord = await createRecordWriter(output, { encoding: format, schemaId: schemaIds?.get(output.name) });
      const topic = topicOf(output.name);
      const own: Sink<T> = {
        async write(batch) {
          for (const record of batch) add(topic, toRecord(record));
          counts.set(output.name, (counts.get(output.name) ?? 0) + batch.length);
        },
        flush: async () => undefined,
        close: async () => undefined,
      };
      return plugins?.beside(output, own) ?? own;
    },
    add,
    take() {
      const taken = waiting;
      waiting = new Map();
      bytes = 0;
      return taken;
    },
    counts,
  };
}

/** Object, lengths and attributes of a record. */
const RECORD_OVERHEAD = 64;
