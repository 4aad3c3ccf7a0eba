import type { Kafka } from 'kafkajs';
import { type Compression, toCompressionType } from './codecs/register-codecs.js';
import { connectProducer } from './connect-producer.js';
import { extendWritten, type StateWriter, type WrittenState } from './state-writer.js';
import { toRequests } from './to-requests.js';
import { toWriteFailure } from './write-failure.js';

export interface PlainWriterOptions {
  readonly stateTopic: string;
  readonly statePartition: number;
  readonly compression: Compression;
}

/** Connects a producer without transactions. What it writes is acknowledged by all in-sync replicas, outputs first. */
export async function openPlainWriter(kafka: Kafka, options: PlainWriterOptions): Promise<StateWriter> {
  const { stateTopic: topic, statePartition: partition } = options;
  const compression = toCompressionType(options.compression);
  const context = { topic, partition };
  const producer = await connectProducer(kafka, {}, context);
  return {
    async write(outputs, state) {
      try {
        for (const topicMessages of toRequests(outputs)) {
          await producer.sendBatch({ acks: -1, compression, topicMessages });
        }
        let written: WrittenState | undefined;
        for (const topicMessages of toRequests(new Map([[topic, state]]))) {
          const answers = await producer.sendBatch({ acks: -1, compression, topicMessages });
          written = extendWritten(written, answers, topic, topicMessages[0]!.messages.length);
        }
        return written!;
      } catch (error) {
        throw toWriteFailure(error, `a commit to ${topic}/${partition} failed`, true, context);
      }
    },
    close: () => producer.disconnect(),
  };
}
