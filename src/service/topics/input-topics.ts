import type { Kafka } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import { describeTopics, type ExistingTopic, listTopics } from '../../transport/kafka/describe-topics.js';
import type { Config } from '../config/schema.js';
import { patternOf } from './topic-pattern.js';

/**
 * The topics of the input, as they are at the broker.
 *
 * @throws SegtideError `input` when one does not exist, when a pattern matches none, or when they are read together and
 * differ in their partitions
 */
export async function findInputTopics(
  kafka: Kafka,
  { topics, keyed }: { readonly topics: readonly string[]; readonly keyed: Config['input']['keyed'] },
): Promise<readonly ExistingTopic[]> {
  const pattern = patternOf(topics);
  const names = pattern === undefined ? topics : (await listTopics(kafka)).filter((topic) => pattern.test(topic));
  if (names.length === 0) throw refuse(`no topic that this client may see matches ${topics[0]}`, topics[0]!);
  const found = [...(await describeTopics(kafka, names))].sort((a, b) => (a.topic < b.topic ? -1 : 1));
  const missing = names.filter((topic) => !found.some((existing) => existing.topic === topic));
  if (missing.length > 0) {
    const text = `${missing.join(', ')} of \`input.kafka.topics\` does not exist, or this client may not see it; create it or correct the name`;
    throw refuse(text, missing[0]!);
  }
  const counts = found.map(({ topic, partitions }) => `${topic} has ${partitions}`);
  if (keyed !== 'repartition' && new Set(found.map(({ partitions }) => partitions)).size > 1) {
    const text = `topics that are read together must have as many partitions as each other, with a customer's records in the same one; ${counts.join(', ')}. Read them apart, or set \`input.keyed: repartition\``;
    throw refuse(text, found[0]!.topic);
  }
  return found;
}

/** Partitions of the topic whose records make windows: the input's, or the most that one of it has where it is repartitioned. */
export function partitionsOf(topics: readonly ExistingTopic[]): number {
  return Math.max(...topics.map(({ partitions }) => partitions));
}

function refuse(text: string, topic: string): SegtideError {
  return new SegtideError('input', text, { context: { topic } });
}
