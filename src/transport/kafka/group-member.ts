import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import { restartConsumer } from './consumer-restart.js';
import { readingColumns, recordsOf } from './fetch-answers.js';
import { type FetchedRecords, NO_RECORDS } from './fetched-records.js';
import type { GroupReaderSettings } from './group-reader-options.js';
import { KAFKA_RETRY } from './kafka-connection.js';
import { toTransportError } from './kafka-error.js';
import { withoutOffsetReset } from './offset-reset.js';
import { createStickyAssigner } from './sticky-assigner.js';
import type { TopicSelection } from './topic-selection.js';

/** What a member is told, in the order in which it happens. Nothing here may throw. */
export interface GroupMemberListener {
  /** Asked whenever the group meets: what this member has. */
  owned(): readonly number[];
  /**
   * The group gave this member its partitions. kafkajs is about to read all of them from the committed offsets.
   *
   * @param unbroken false when this member's session had ended, so that another may have had them meanwhile
   */
  joined(partitions: readonly number[], unbroken: boolean): void;
  /**
   * Records were fetched, maybe none but what the broker keeps for itself.
   *
   * @param first offset that was asked for
   * @param next the offset after all of them
   * @returns whether they were taken; else they are fetched again
   */
  fetched(topic: string, partition: number, records: FetchedRecords, first: bigint, next: bigint): boolean;
  /** An offset to fetch is none that the topic has. The fetch is tried again. */
  outOfRange(): void;
  /** A broker answered, whatever it was asked. */
  answered(): void;
  /** The broker that leads the partition answered a request for its records; they are told by `fetched` if there are any. */
  answeredFetch(topic: string, partition: number): void;
  /** The consumer has stopped for good. */
  failed(error: SegtideError): void;
}

/**
 * A running member of a consumer group. Between two sessions of its own it can do nothing: seeks and pauses are then
 * left out, for `joined` asks for them again.
 */
export interface GroupMember {
  /** Connects and joins; the first `joined` may come before it resolves. */
  start(): Promise<void>;
  seek(topic: string, partition: number, offset: bigint): void;
  pause(topic: string, partition: number): void;
  resume(topic: string, partition: number): void;
  /** Commits next offsets by topic; resolves when the group has stored them. Rejects with what kafkajs threw. */
  commit(partition: number, offsets: ReadonlyMap<string, bigint>): Promise<void>;
  close(): Promise<void>;
}

/** Fetched records go to the listener at once; whoever has enough of a partition pauses it. */
export async function createGroupMember(
  kafka: Kafka,
  settings: GroupReaderSettings,
  { topics, partitions }: TopicSelection,
  listener: GroupMemberListener,
): Promise<GroupMember> {
  const fetchBytes = Math.min(settings.fetchBytes, settings.maxBytesInFlight / 2);
  let memberId: string | undefined;
  let generation = -1;
  let inGroup = false;
  let commits = 0;

  const assigner = await createStickyAssigner(() => ({ partitions: listener.owned(), generation }));
  const withoutReset = withoutOffsetReset(assigner, listener.outOfRange);
  const consumer = kafka.consumer({
    groupId: settings.groupId,
    partitionAssigners: [await readingColumns(withoutReset, listener.answeredFetch)],
    sessionTimeout: settings.sessionTimeoutMs,
    heartbeatInterval: settings.heartbeatIntervalMs,
    rebalanceTimeout: settings.rebalanceTimeoutMs,
    maxWaitTimeInMs: settings.maxWaitMs,
    maxBytes: Math.floor(fetchBytes),
    // An answer is to have room for several partitions, and yet be worth the way for each.
    maxBytesPerPartition: Math.floor(Math.min(1_048_576, Math.max(65_536, fetchBytes / (partitions * topics.length)))),
    rackId: settings.rack ?? '',
    allowAutoTopicCreation: false,
    retry: KAFKA_RETRY,
  });
  const { events } = consumer;
  consumer.on(events.GROUP_JOIN, ({ payload }) => {
    const unbroken = memberId === payload.memberId;
    memberId = payload.memberId;
    // Later than the last one known; a heartbeat will say which it is.
    generation++;
    inGroup = true;
    listener.joined(payload.memberAssignment[topics[0]!] ?? [], unbroken);
  });
  consumer.on(events.HEARTBEAT, ({ payload }) => {
    generation = payload.groupGenerationId;
  });
  consumer.on(events.STOP, () => {
    inGroup = false;
  });
  consumer.on(events.COMMIT_OFFSETS, () => {
    commits++;
  });
  // Where nothing but transaction markers, aborted records or gaps were fetched, no batch is handed over.
  consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize > 0) return;
    const { topic, partition, firstOffset, lastOffset } = payload;
    listener.fetched(topic, partition, NO_RECORDS, BigInt(firstOffset ?? lastOffset), BigInt(lastOffset) + 1n);
  });
  consumer.on(events.REQUEST, () => listener.answered());
  const run = (): Promise<void> =>
    consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => passOn(payload, listener),
    });
  const restart = restartConsumer(consumer, run, settings.outageMs, (error) =>
    listener.failed(toTransportError(error, `the consumer of ${topics.join()} stopped`)),
  );

  return {
    async start() {
      try {
        await consumer.connect();
        await consumer.subscribe({ topics: [...topics], fromBeginning: true });
        await run();
      } catch (error) {
        await consumer.disconnect().catch(() => {}); // the first error is the one to tell
        throw toTransportError(error, `the consumer of ${topics.join()} could not start`);
      }
    },
    seek(topic, partition, offset) {
      if (inGroup) consumer.seek({ topic, partition, offset: String(offset) });
    },
    pause(topic, partition) {
      if (inGroup) consumer.pause([{ topic, partitions: [partition] }]);
    },
    resume(topic, partition) {
      if (inGroup) consumer.resume([{ topic, partitions: [partition] }]);
    },
    async commit(partition, offsets) {
      const before = commits;
      if (inGroup) {
        await consumer.commitOffsets(
          Array.from(offsets, ([topic, offset]) => ({ topic, partition, offset: String(offset) })),
        );
      }
      // A consumer that is stopping says nothing and commits nothing.
      if (commits === before && offsets.size > 0) {
        throw new SegtideError('transport', `the consumer of ${topics.join()} is not running; nothing was committed`, {
          retriable: true,
          context: { partition },
        });
      }
    },
    close() {
      restart.close();
      return disconnect(consumer, topics);
    },
  };
}

async function passOn(payload: EachBatchPayload, listener: GroupMemberListener): Promise<void> {
  const { batch, isRunning, isStale, resolveOffset } = payload;
  // Unresolved, the batch is fetched again by whoever has the partition next.
  if (!isRunning() || isStale()) return;
  const { topic, partition } = batch;
  const last = batch.lastOffset();
  if (listener.fetched(topic, partition, recordsOf(batch), BigInt(batch.firstOffset()!), BigInt(last) + 1n)) {
    resolveOffset(last);
  }
}

async function disconnect(consumer: Consumer, topics: readonly string[]): Promise<void> {
  try {
    await consumer.disconnect();
  } catch (error) {
    throw toTransportError(error, `the consumer of ${topics.join()} could not leave its group`);
  }
}
