import type { Kafka, Transaction } from 'kafkajs';
import type { Clock } from '../../ports.js';
import { type Compression, toCompressionType } from './codecs/register-codecs.js';
import { connectProducer } from './connect-producer.js';
import { extendWritten, type StateWriter, type WrittenState } from './state-writer.js';
import { toRequests } from './to-requests.js';
import { toWriteFailure } from './write-failure.js';

export interface TransactionalWriterOptions {
  readonly transactionalId: string;
  readonly groupId: string;
  /** Partition of the input, for its offsets. */
  readonly partition: number;
  readonly stateTopic: string;
  readonly statePartition: number;
  readonly compression: Compression;
  readonly clock: Clock;
}

/** Connects a producer. Its first write fences every other producer with the same transactional id, and not before. */
export async function openTransactionalWriter(kafka: Kafka, options: TransactionalWriterOptions): Promise<StateWriter> {
  const { stateTopic: topic, statePartition, partition, groupId, clock } = options;
  const compression = toCompressionType(options.compression);
  const context = { topic, partition: statePartition };
  const { transactionalId } = options;
  const config = { transactionalId, transactionTimeout: TRANSACTION_TIMEOUT_MS };
  const producer = await connectProducer(kafka, config, context);
  return {
    async write(outputs, state, offsets) {
      const begun = clock.now();
      let transaction: Transaction | undefined;
      try {
        transaction = await producer.transaction();
        let written: WrittenState | undefined;
        for (const topicMessages of toRequests(new Map([...outputs, [topic, state]]))) {
          const answers = await transaction.sendBatch({ acks: -1, compression, topicMessages });
          const count = topicMessages.find((request) => request.topic === topic)?.messages.length ?? 0;
          if (count > 0) written = extendWritten(written, answers, topic, count);
        }
        if (offsets.size > 0) {
          await transaction.sendOffsets({
            consumerGroupId: groupId,
            topics: Array.from(offsets, ([of, offset]) => ({
              topic: of,
              partitions: [{ partition, offset: String(offset) }],
            })),
          });
        }
        await transaction.commit();
        return written!;
      } catch (error) {
        const timedOut = clock.now() - begun >= TRANSACTION_TIMEOUT_MS;
        const failure = toWriteFailure(error, `a commit of ${transactionalId} failed`, timedOut, context);
        // An open transaction hides all that follows it from readers, until somebody ends it or its time is up.
        if (failure.code !== 'fenced' && !failure.retriable) await transaction?.abort().catch(() => {});
        throw failure;
      }
    },
    close: () => producer.disconnect(),
  };
}

/** After that long the coordinator ends a transaction, and fences its producer. */
const TRANSACTION_TIMEOUT_MS = 60_000;
