import type { Kafka } from 'kafkajs';
import { withAdmin } from './topics.js';

/** A topic as it is at the broker. */
export interface ExistingTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
}

/** Those of the topics that exist and that this client may see. */
export async function describeTopics(kafka: Kafka, topics: readonly string[]): Promise<readonly ExistingTopic[]> {
  return withAdmin(kafka, 'the topics could not be described', async (admin) => {
    const listed = new Set(await admin.listTopics());
    const asked = topics.filter((topic) => listed.has(topic));
    if (asked.length === 0) return [];
    const { topics: found } = await admin.fetchTopicMetadata({ topics: asked });
    return found.map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.length,
      replicationFactor: Math.max(...partitions.map(({ replicas }) => replicas.length)),
    }));
  });
}

/** Names of all topics that this client may see, without the brokers' own. */
export async function listTopics(kafka: Kafka): Promise<readonly string[]> {
  return withAdmin(kafka, 'the topics could not be listed', async (admin) => {
    const topics = await admin.listTopics();
    return topics.filter((topic) => !topic.startsWith('__')).sort();
  });
}
