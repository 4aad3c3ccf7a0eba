import type { Kafka } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import { toUnknownTopic } from './kafka-error.js';
import { listedTopics, untilReady, withAdmin } from './topics.js';

/** Topics that are read together, and how many partitions each of them has. */
export interface TopicSelection {
  /** Ascending. */
  readonly topics: readonly string[];
  readonly partitions: number;
}

/**
 * Looks up the topics of those names, or all whose names match.
 *
 * @throws SegtideError `config` when their partition counts differ or a pattern matches nothing, `transport` when one
 * of the names is no topic
 */
export async function selectTopics(kafka: Kafka, wanted: readonly string[] | RegExp): Promise<TopicSelection> {
  const counts = await withAdmin(kafka, 'the topics could not be described', async (admin) => {
    const listed = await listedTopics(admin);
    const names = wanted instanceof RegExp ? matching(listed, wanted) : known(listed, wanted);
    // Asked for none, a broker would describe all.
    if (names.length === 0) return [];
    const { topics } = await untilReady(() => admin.fetchTopicMetadata({ topics: names }));
    const found = topics.map(({ name, partitions }) => ({ topic: name, partitions: partitions.length }));
    return found.sort((a, b) => (a.topic < b.topic ? -1 : 1));
  });
  const [first] = counts;
  if (first === undefined) {
    throw new SegtideError('config', `no topic that this client may see matches ${wanted}; correct \`topics\``);
  }
  if (counts.some(({ partitions }) => partitions !== first.partitions)) {
    const listed = counts.map(({ topic, partitions }) => `${topic} has ${partitions}`).join(', ');
    throw new SegtideError(
      'config',
      `topics that are read together must have equal partition counts, else a customer's events would be in different partitions: ${listed}; make the counts equal, or set \`input.keyed: repartition\``,
    );
  }
  return { topics: counts.map(({ topic }) => topic), partitions: first.partitions };
}

/** What is different now, as an error; undefined where nothing is. */
export function selectionChange(before: TopicSelection, now: TopicSelection): SegtideError | undefined {
  const [topic] = before.topics;
  if (now.partitions !== before.partitions) {
    return new SegtideError(
      'transport',
      `${before.topics.join(', ')} had ${before.partitions} partitions and now ${now.partitions}: customers are in other partitions than their state; start with a new group, or set \`input.keyed: repartition\``,
      topic === undefined ? {} : { context: { topic } },
    );
  }
  const added = now.topics.filter((name) => !before.topics.includes(name));
  const gone = before.topics.filter((name) => !now.topics.includes(name));
  if (added.length === 0 && gone.length === 0) return undefined;
  const what = [...added.map((name) => `${name} is new`), ...gone.map((name) => `${name} is gone`)].join(', ');
  return new SegtideError('transport', `the topics that match \`topics\` have changed: ${what}; start again`, {
    retriable: true,
  });
}

function matching(listed: readonly string[], pattern: RegExp): string[] {
  return listed.filter((topic) => !topic.startsWith('__') && pattern.test(topic));
}

function known(listed: readonly string[], names: readonly string[]): string[] {
  for (const topic of names) {
    if (listed.includes(topic)) continue;
    throw toUnknownTopic(topic, 'input');
  }
  return [...names];
}
