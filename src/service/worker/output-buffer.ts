import type { Sink } from '../../ports.js';
import { ASSIGNMENTS, DEAD_LETTERS, EMBEDDINGS, LATE, type Output, TRANSITIONS } from '../../publish/output.js';
import { createKafkaAssignmentSink } from '../../transport/kafka/kafka-assignment-sink.js';
import type { OutgoingRecord } from '../../transport/kafka/kafka-producer.js';
import { createRecordWriter } from '../../transport/kafka/record-writer.js';
import type { WorkerOutputs } from '../../worker/publisher.js';

/** Records that wait for the next commit. */
export interface OutputBuffer {
  readonly sinks: WorkerOutputs;
  /** Bytes that wait, about. */
  readonly bytes: number;
  add(topic: string, record: OutgoingRecord): void;
  /** What waits, by topic; the buffer is empty after it. */
  take(): Map<string, OutgoingRecord[]>;
  /** Records that went through, by output. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface OutputBufferOptions {
  readonly topicOf: (output: string) => string;
  readonly format: 'json' | 'avro';
  /** Ids of the outputs' schemas in a registry, by output. @default none: Avro's single-object encoding */
  readonly schemaIds?: ReadonlyMap<string, number>;
  readonly embeddings: boolean;
}

export async function createOutputBuffer({
  topicOf,
  format,
  schemaIds,
  embeddings,
}: OutputBufferOptions): Promise<OutputBuffer> {
  let waiting = new Map<string, OutgoingRecord[]>();
  let bytes = 0;
  const counts = new Map<string, number>();

  const add = (topic: string, record: OutgoingRecord): void => {
    const records = waiting.get(topic);
    if (records === undefined) waiting.set(topic, [record]);
    else records.push(record);
    bytes += RECORD_OVERHEAD + record.key.length + (record.value?.length ?? 0);
  };
  const open = async <T>(output: Output<T>): Promise<Sink<T>> => {
    const toRecord = await createRecordWriter(output, { encoding: format, schemaId: schemaIds?.get(output.name) });
    const topic = topicOf(output.name);
    return {
      async write(batch) {
        for (const record of batch) add(topic, toRecord(record));
        counts.set(output.name, (counts.get(output.name) ?? 0) + batch.length);
      },
      flush: async () => undefined,
      close: async () => undefined,
    };
  };

  return {
    sinks: {
      assignments: createKafkaAssignmentSink(await open(ASSIGNMENTS)),
      transitions: await open(TRANSITIONS),
      ...(embeddings && { embeddings: await open(EMBEDDINGS) }),
      late: await open(LATE),
      deadLetters: await open(DEAD_LETTERS),
    },
    get bytes() {
      return bytes;
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
