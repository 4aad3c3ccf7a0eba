import type { Kafka, TopicMessages, Transaction } from 'kafkajs';
import type { Clock } from '../../ports.js';
import { type Compression, toCompressionType } from './codecs/register-codecs.js';
import { connectProducer } from './connect-producer.js';
import { protocolType } from './kafka-error.js';
import { extendWritten, type StateWriter, type WrittenState } from './state-writer.js';
import { toRequests } from './to-requests.js';
import { tryAgain } from './try-again.js';
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
        const send = async (topicMessages: TopicMessages[]): Promise<void> => {
          const answers = await transaction!.sendBatch({ acks: -1, compression, topicMessages });
          const count = topicMessages.find((request) => request.topic === topic)?.messages.length ?? 0;
          if (count > 0) written = extendWritten(written, answers, topic, count);
        };
        if (offsets.size > 0) {
          await whenLastEnded(() => transaction!.sendOffsets(toOffsets(groupId, partition, offsets)));
          for (const request of toRequests(new Map([...outputs, [topic, state]]))) await send(request);
        } else {
          for (const request of toRequests(new Map([[topic, state]]))) await whenLastEnded(() => send(request));
          for (const request of toRequests(outputs)) await send(request);
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

/**
 * The first request of a transaction: the coordinator refuses it until the marks of the one before are written, some
 * milliseconds. So it goes to one broker alone, as one that is sent to several is not to be sent again
 * (`SEND_ONCE`).
 */
function whenLastEnded<T>(ask: () => Promise<T>): Promise<T> {
  return tryAgain(ask, 100, (error) => protocolType(error) === 'CONCURRENT_TRANSACTIONS');
}

function toOffsets(groupId: string, partition: number, offsets: ReadonlyMap<string, bigint>): TransactionOffsets {
  const topics = Array.from(offsets, ([topic, offset]) => ({
    topic,
    partitions: [{ partition, offset: String(offset) }],
  }));
  return { consumerGroupId: groupId, topics };
}

type TransactionOffsets = Parameters<Transaction['sendOffsets']>[0];

/** After that long the coordinator ends a transaction, and fences its producer. */
const TRANSACTION_TIMEOUT_MS = 60_000;
