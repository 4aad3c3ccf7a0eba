import type { Kafka } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import { describeTopics, type ExistingTopic } from '../../transport/kafka/describe-topics.js';
import { ensureTopics } from '../../transport/kafka/topics.js';
import { BROKERS_OWN, type PlannedTopic } from './plan-topics.js';

export interface CheckTopicsOptions {
  /** Partitions of the input; undefined where it has none, or nothing in the plan hangs on them. */
  readonly inputPartitions: number | undefined;
  /** Whether to make the topics that are missing. */
  readonly create: boolean;
}

/**
 * Looks, before anything is read, whether every planned topic is there with as many partitions as it must have. Needs no
 * more rights than to describe them; `segtide topics check` also looks at their settings.
 *
 * @throws SegtideError `output` that names all that are missing or wrong
 */
export async function checkTopics(
  kafka: Kafka,
  plan: readonly PlannedTopic[],
  { inputPartitions, create }: CheckTopicsOptions,
): Promise<void> {
  const found = await describeTopics(
    kafka,
    plan.map(({ topic }) => topic),
  );
  const existing = new Map(found.map((topic) => [topic.topic, topic]));
  const wrong = plan.flatMap((planned) => wrongPartitions(planned, existing.get(planned.topic), inputPartitions));
  if (wrong.length > 0) throw refuse(wrong.join('; '), plan[0]!.topic);
  const missing = plan.filter(({ topic }) => !existing.has(topic));
  if (missing.length === 0) return;
  if (create) return ensureTopics(kafka, toCreate(missing, inputPartitions));
  const list = missing.map(({ topic, settings }) => {
    const policy = settings['cleanup.policy'];
    return policy === undefined ? topic : `${topic} (cleanup.policy=${policy})`;
  });
  const verb = missing.length === 1 ? 'topic does' : 'topics do';
  const text = `${missing.length} ${verb} not exist, or this client may not see them: ${list.join(', ')}. Create them with \`segtide topics create\`, or set output.createTopics to true`;
  throw refuse(text, missing[0]!.topic);
}

/** Planned topics as they are made. */
export function toCreate(plan: readonly PlannedTopic[], inputPartitions: number | undefined) {
  return plan.map(({ topic, partitions, replicationFactor, settings }) => ({
    topic,
    partitions: partitions === 'input' ? (inputPartitions ?? BROKERS_OWN) : partitions,
    ...(replicationFactor !== undefined && { replicationFactor }),
    settings,
  }));
}

/** What is wrong with the number of partitions of a topic that is there; nothing where it may be any. */
export function wrongPartitions(
  { topic, partitions, fixed, name }: PlannedTopic,
  existing: ExistingTopic | undefined,
  inputPartitions: number | undefined,
): readonly string[] {
  const wanted = partitions === 'input' ? inputPartitions : partitions;
  if (existing === undefined || !fixed || wanted === undefined || existing.partitions === wanted) return [];
  const { partitions: found } = existing;
  if (partitions !== 'input') {
    return [`${topic} has ${found} partitions and must have ${wanted}: its order is that of one partition`];
  }
  const why =
    name === 'state'
      ? 'the state of its customers would not be found where they are now'
      : 'each belongs to one partition of the input';
  return [
    `${topic} has ${found} partitions and the input ${wanted}: ${why}; docs/kafka.md tells how to change the number`,
  ];
}

function refuse(text: string, topic: string): SegtideError {
  return new SegtideError('output', text, { context: { topic } });
}
