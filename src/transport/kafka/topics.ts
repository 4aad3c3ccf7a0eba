import type { Admin, Kafka } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import { KAFKA_RETRY } from './kafka-connection.js';
import { isLostCoordinator, isRetriable, toTransportError, toUnknownTopic } from './kafka-error.js';
import { tryAgain } from './try-again.js';

export interface TopicPlan {
  readonly topic: string;
  /** @default the broker's `num.partitions` */
  readonly partitions?: number;
  /** @default the broker's `default.replication.factor` */
  readonly replicationFactor?: number;
  /** By Kafka's names, such as `cleanup.policy`. @default the broker's */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Oldest and next offset of one partition. */
export interface PartitionRange {
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

/**
 * Creates the topics that do not exist; those that do are left as they are. Runs only where a user asks for it. Resolves
 * once the new ones can be written to.
 */
export async function ensureTopics(kafka: Kafka, plans: readonly TopicPlan[]): Promise<void> {
  await withAdmin(kafka, 'the topics could not be created', async (admin) => {
    const created = new Set<string>();
    // A topic that was just made may be unknown to the broker that is asked who leads it; by then it is there.
    await untilReady(async () => {
      const missing = await notListed(admin, plans);
      if (missing.length === 0) return;
      for (const { topic } of missing) created.add(topic);
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map((plan) => ({
          topic: plan.topic,
          numPartitions: plan.partitions ?? -1,
          replicationFactor: plan.replicationFactor ?? -1,
          configEntries: Object.entries(plan.settings ?? {}).map(([name, value]) => ({ name, value })),
        })),
      });
      // kafkajs does not wait for topics that another attempt, or another process, made a moment ago.
      const unknown = await notListed(admin, missing);
      if (unknown.length > 0) throw toNotYetKnown(unknown.map(({ topic }) => topic));
    });
    // Metadata names a leader before it knows that it is one. Who leads answers for all partitions.
    for (const topic of created) await untilReady(() => admin.fetchTopicOffsets(topic));
  });
}

/** Next offsets that a group has committed, by partition; those without are absent. */
export async function committedOffsets(
  kafka: Kafka,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, bigint>> {
  return withAdmin(kafka, `the offsets of ${groupId} could not be read`, async (admin) => {
    // Also where the broker that was asked for the coordinator is away for a while: kafkajs takes that for good.
    const passes = (error: unknown) => isRetriable(error) || isLostCoordinator(error);
    const [found] = await tryAgain(() => admin.fetchOffsets({ groupId, topics: [topic] }), 1000, passes);
    const all = (found?.partitions ?? []).map(({ partition, offset }) => [partition, BigInt(offset)] as const);
    return new Map(all.filter(([, offset]) => offset >= 0n));
  });
}

/**
 * The partitions of a topic with what they hold.
 *
 * @throws SegtideError `input` when the topic does not exist; `transport` when it may not be described
 */
export async function describeTopic(kafka: Kafka, topic: string): Promise<readonly PartitionRange[]> {
  return withAdmin(kafka, `the topic ${topic} could not be described`, async (admin) => {
    if (!(await listedTopics(admin)).includes(topic)) {
      throw toUnknownTopic(topic, 'input');
    }
    const ranges = await untilReady(() => admin.fetchTopicOffsets(topic));
    return ranges
      .map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }))
      .sort((a, b) => a.partition - b.partition);
  });
}

/**
 * Offsets of the first records at or after a time, by partition; the next offset where there is none.
 *
 * @param time epoch ms, as the records' own timestamps are
 */
export async function offsetsAt(kafka: Kafka, topic: string, time: number): Promise<ReadonlyMap<number, bigint>> {
  return withAdmin(
    kafka,
    `the offsets of ${topic} at ${new Date(time).toISOString()} could not be read`,
    async (admin) => {
      const found = await untilReady(() => admin.fetchTopicOffsetsByTimestamp(topic, time));
      return new Map(found.map(({ partition, offset }) => [partition, BigInt(offset)]));
    },
  );
}

function toNotYetKnown(topics: readonly string[]): SegtideError {
  return new SegtideError('transport', `the brokers do not know ${topics.join(', ')} yet`, { retriable: true });
}

async function notListed(admin: Admin, plans: readonly TopicPlan[]): Promise<readonly TopicPlan[]> {
  const listed = new Set(await listedTopics(admin));
  return plans.filter((plan) => !listed.has(plan.topic));
}

/** Names of all topics that this client may see. Where no broker answers in time, kafkajs fails on the answer that it lacks. */
export function listedTopics(admin: Pick<Admin, 'listTopics'>): Promise<readonly string[]> {
  return untilReady(() =>
    admin.listTopics().catch((cause: unknown) => {
      if (!(cause instanceof TypeError)) throw cause;
      throw new SegtideError('transport', 'no broker answered in time', { cause, retriable: true });
    }),
  );
}

/** A broker that has just started is still loading its groups, a new topic has no leader yet; kafkajs does not ask again. */
export function untilReady<T>(ask: () => Promise<T>): Promise<T> {
  return tryAgain(ask, 1000, isRetriable);
}

/** Connects, asks and disconnects. */
export async function withAdmin<T>(kafka: Kafka, failure: string, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin({ retry: KAFKA_RETRY });
  try {
    await admin.connect();
    return await use(admin);
  } catch (error) {
    throw toTransportError(error, failure);
  } finally {
    await admin.disconnect().catch(() => {}); // the answer is there; a broken farewell changes nothing
  }
}
