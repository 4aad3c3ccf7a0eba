import type { Kafka, Producer, ProducerConfig } from 'kafkajs';
import type { ErrorContext } from '../../errors.js';
import { KAFKA_RETRY } from './kafka-connection.js';
import { toWriteFailure } from './write-failure.js';

/**
 * What makes a producer of kafkajs 2.2.4 safe on several brokers: it sends to all leaders at once, and when one of them
 * fails it begins anew while the others are still at it. What they then get twice has new sequence numbers, so that they
 * store it twice; and a broker that had answered counts as done, even where it now leads partitions of the one that
 * failed, so that those records are lost and reported as sent. So it sends once, and who called decides.
 *
 * Needs a producer that is not idempotent, as kafkajs has it; a transaction's requests are all the same.
 */
export const SEND_ONCE = { idempotent: false, retry: { ...KAFKA_RETRY, retries: 0 } } as const;

/**
 * Connects a producer whose requests do not overtake each other. It gives up with the first error: who uses it makes
 * another one then.
 *
 * @throws SegtideError `transport`
 */
export async function connectProducer(kafka: Kafka, config: ProducerConfig, context: ErrorContext): Promise<Producer> {
  const { Partitioners } = await import('kafkajs');
  const producer = kafka.producer({
    // The partitioner of the Java clients: a key lands where their records of that key land.
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    maxInFlightRequests: 1,
    ...SEND_ONCE,
    ...config,
  });
  try {
    await producer.connect();
  } catch (error) {
    await producer.disconnect().catch(() => {}); // the first error is the one to tell
    throw toWriteFailure(error, 'the producer could not connect', false, context);
  }
  return producer;
}
