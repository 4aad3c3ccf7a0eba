import type { Kafka } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import { createRegistryReading, type RegistryReading } from '../../train/registry-records.js';
import type { FetchedRecords } from '../../transport/kafka/fetched-records.js';
import type { TopicReader } from '../../transport/kafka/topic-reader.js';
import { describeTopic } from '../../transport/kafka/topics.js';

/** The end of a topic may belong to a transaction of a trainer that died: brokers end it after a minute. */
const PATIENCE_MS = 90_000;

/**
 * Reads the topic of models from its oldest record to its end.
 *
 * @throws SegtideError `transport` when it can't be read, or not to its end
 */
export async function readModelTopic(kafka: Kafka, reader: TopicReader, topic: string): Promise<RegistryReading> {
  const reading = createRegistryReading();
  const [range] = await describeTopic(kafka, topic);
  if (range === undefined || range.high === range.low) return reading;
  let isWhole = false;
  const take = (records: FetchedRecords, next: bigint): boolean => {
    reading.take(Array.from(records, ({ key, value }) => ({ key: key === null ? null : String(key), value })));
    isWhole = next >= range.high;
    return isWhole;
  };
  await reader.read(topic, 0, undefined, take, AbortSignal.timeout(PATIENCE_MS));
  if (isWhole) return reading;
  // What was read so far would pass for all that there is.
  throw new SegtideError('transport', `${topic} could not be read to its end within ${PATIENCE_MS / 1000} s`, {
    context: { topic, partition: 0 },
    retriable: true,
  });
}
