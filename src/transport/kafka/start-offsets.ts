import { setImmediate as turn } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { committedOffsets, describeTopic, offsetsAt } from './topics.js';

/** Where a partition begins, by topic. */
export interface PartitionStart {
  readonly offsets: ReadonlyMap<string, bigint>;
  /** Those of them that would be others tomorrow, and so must be committed before records are read. */
  readonly moving: ReadonlyMap<string, bigint>;
}

/** Looks up where partitions begin for which nothing else is known. */
export interface StartOffsets {
  /** What the group has committed by the time of the call comes first. */
  of(partition: number, topics: readonly string[]): Promise<PartitionStart>;
}

export interface StartOffsetsSettings {
  readonly groupId: string;
  /** A number is epoch ms. */
  readonly startAt: 'earliest' | 'latest' | number;
}

export function createStartOffsets(
  kafka: Kafka,
  topics: readonly string[],
  { groupId, startAt }: StartOffsetsSettings,
): StartOffsets {
  const lookUp = async (): Promise<ReadonlyMap<string, TopicStarts>> => {
    const found = topics.map(async (topic) => [topic, await topicStarts(kafka, groupId, topic, startAt)] as const);
    return new Map(await Promise.all(found));
  };
  let next: Promise<ReadonlyMap<string, TopicStarts>> | undefined;
  /** Partitions are dealt by the dozen: those that ask at once are answered by one look. */
  const look = (): Promise<ReadonlyMap<string, TopicStarts>> => {
    next ??= turn().then(() => {
      next = undefined;
      return lookUp();
    });
    return next;
  };
  return {
    async of(partition, wanted) {
      const offsets = new Map<string, bigint>();
      const moving = new Map<string, bigint>();
      const starts = wanted.length === 0 ? new Map<string, TopicStarts>() : await look();
      for (const topic of wanted) {
        const { committed, begins } = starts.get(topic)!;
        const begin = begins.get(partition)!;
        offsets.set(topic, committed.get(partition) ?? begin);
        if (!committed.has(partition) && startAt !== 'earliest') moving.set(topic, begin);
      }
      return { offsets, moving };
    },
  };
}

interface TopicStarts {
  readonly committed: ReadonlyMap<number, bigint>;
  readonly begins: ReadonlyMap<number, bigint>;
}

async function topicStarts(
  kafka: Kafka,
  groupId: string,
  topic: string,
  startAt: 'earliest' | 'latest' | number,
): Promise<TopicStarts> {
  const committed = await committedOffsets(kafka, groupId, topic);
  if (typeof startAt === 'number') return { committed, begins: await offsetsAt(kafka, topic, startAt) };
  const ranges = await describeTopic(kafka, topic);
  const begins = ranges.map(({ partition, low, high }) => [partition, startAt === 'earliest' ? low : high] as const);
  return { committed, begins: new Map(begins) };
}
