import type { Kafka } from 'kafkajs';
import { withAdmin } from './topics.js';

/**
 * The next offset of each partition of some topics: where a record would go that is written now. Needs the right to
 * describe them, which reading includes.
 *
 * @throws SegtideError `transport` when brokers or a topic are not to be had
 */
export async function topicEnds(
  kafka: Kafka,
  topics: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<number, bigint>>> {
  return withAdmin(kafka, 'the ends of topics could not be read', async (admin) => {
    const ends = new Map<string, ReadonlyMap<number, bigint>>();
    for (const topic of topics) {
      const found = await admin.fetchTopicOffsets(topic);
      ends.set(topic, new Map(found.map(({ partition, high }) => [partition, BigInt(high)])));
    }
    return ends;
  });
}
