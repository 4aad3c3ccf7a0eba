import type { Kafka } from 'kafkajs';
import { listedTopics, withAdmin } from './topics.js';

/** A topic as it is at the broker. */
export interface ExistingTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
}

/** The same, with its settings in effect by Kafka's names. */
export interface ConfiguredTopic extends ExistingTopic {
  readonly settings: Readonly<Record<string, string>>;
}

/** Those of the topics that exist and that this client may see. */
export async function describeTopics(kafka: Kafka, topics: readonly string[]): Promise<readonly ExistingTopic[]> {
  return withAdmin(kafka, 'the topics could not be described', async (admin) => {
    const listed = new Set(await listedTopics(admin));
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

/** Their settings; needs the right to describe configs. */
export async function withSettings(
  kafka: Kafka,
  topics: readonly ExistingTopic[],
): Promise<readonly ConfiguredTopic[]> {
  if (topics.length === 0) return [];
  const resources = topics.map(({ topic }) => ({ type: TOPIC, name: topic }));
  return withAdmin(kafka, "the topics' settings could not be read", async (admin) => {
    const answer = await admin.describeConfigs({ resources, includeSynonyms: false });
    const settings = new Map(
      answer.resources.map(({ resourceName, configEntries }) => [
        resourceName,
        Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
      ]),
    );
    return topics.map((topic) => ({ ...topic, settings: settings.get(topic.topic) ?? {} }));
  });
}

/** Kafka's number of that kind of resource. */
const TOPIC = 2;

/** Names of all topics that this client may see, without the brokers' own. */
export async function listTopics(kafka: Kafka): Promise<readonly string[]> {
  return withAdmin(kafka, 'the topics could not be listed', async (admin) => {
    const topics = await listedTopics(admin);
    return topics.filter((topic) => !topic.startsWith('__')).sort();
  });
}
