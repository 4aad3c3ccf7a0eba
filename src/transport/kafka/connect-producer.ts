import type { Kafka, Producer, ProducerConfig } from 'kafkajs';
import type { ErrorContext } from '../../errors.js';
import { KAFKA_RETRY } from './kafka-connection.js';
import { toWriteFailure } from './write-failure.js';

/**
 * Connects a producer whose requests neither overtake each other nor are stored twice. It soon gives up: who uses it
 * makes another one then.
 *
 * @throws SegtideError `transport`
 */
export async function connectProducer(kafka: Kafka, config: ProducerConfig, context: ErrorContext): Promise<Producer> {
  const { Partitioners } = await import('kafkajs');
  const producer = kafka.producer({
    // The partitioner of the Java clients: a key lands where their records of that key land.
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { ...KAFKA_RETRY, retries: 5 },
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
