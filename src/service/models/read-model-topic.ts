import type { Kafka } from 'kafkajs';
import { createRegistryReading, type RegistryReading } from '../../train/registry-records.js';
import type { TopicReader } from '../../transport/kafka/topic-reader.js';
import { describeTopic } from '../../transport/kafka/topics.js';

/** The end of a topic may belong to a transaction of a trainer that died: brokers end it after a minute. */
const PATIENCE_MS = 90_000;

/**
 * Reads the topic of models from its oldest record to its end.
 *
 * @throws SegtideError `transport` when it can't be read
 */
export async function readModelTopic(kafka: Kafka, reader: TopicReader, topic: string): Promise<RegistryReading> {
  const reading = createRegistryReading();
  const [range] = await describeTopic(kafka, topic);
  if (range === undefined || range.high === range.low) return reading;
  const take = (records: Parameters<Parameters<TopicReader['read']>[3]>[0], next: bigint): boolean => {
    reading.take(records.map(({ key, value }) => ({ key: key === null ? null : String(key), value })));
    return next >= range.high;
  };
  await reader.read(topic, 0, undefined, take, AbortSignal.timeout(PATIENCE_MS));
  return reading;
}
