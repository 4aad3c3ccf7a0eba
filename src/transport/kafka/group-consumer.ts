import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import { restartConsumer } from './consumer-restart.js';
import { readingColumnsInTurn, recordsOf } from './fetch-answers.js';
import type { FetchedRecords } from './fetched-records.js';
import { KAFKA_RETRY } from './kafka-connection.js';
import { isRebalance, toTransportError } from './kafka-error.js';
import type { KafkaSourceSettings } from './kafka-source-options.js';

/** What a consumer group tells, in the order in which it happens. Nothing here may throw. */
export interface GroupListener {
  /** The group gave this member its partitions, again or for the first time. Answers where to go on; absent means at the committed offset. */
  joined(partitions: readonly number[]): ReadonlyMap<number, bigint>;
  /** A round of fetching begins; all that earlier rounds brought was handed to `records`. */
  fetching(): void;
  /** Records were fetched, and may have to wait for room. */
  arrived(partition: number): void;
  /** Undefined where there is room for more records, else a promise of another look. */
  room(): Promise<void> | undefined;
  /** @param next the offset after the last record, and after what the broker keeps for itself behind it */
  records(partition: number, records: FetchedRecords, next: bigint): void;
  /** A broker answered; `fetch` when it answered a request for records. */
  answered(fetch: boolean): void;
  /** Partitions may be taken away once this resolves: the last chance to commit what was pulled. */
  leaving(): Promise<void>;
  /** The consumer has stopped for good. */
  failed(error: SegtideError): void;
}

/** A running member of a consumer group. */
export interface GroupConsumer {
  /** Commits next offsets; resolves when the group has stored them. */
  commit(offsets: ReadonlyMap<number, bigint>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a member of a consumer group. Records are pushed to the listener only while it has room; until then the
 * consumer holds its fetched batches and keeps its place in the group by heartbeats.
 *
 * @param partitions of the topic, which share what may be in flight so that none starves
 */
export async function startGroupConsumer(
  kafka: Kafka,
  settings: KafkaSourceSettings,
  partitions: number,
  listener: GroupListener,
): Promise<GroupConsumer> {
  const { topic } = settings;
  // Half may wait in the queue, half in what was fetched meanwhile.
  const fetchBytes = Math.min(settings.fetchBytes, settings.maxBytesInFlight / 2);
  const consumer = kafka.consumer({
    groupId: settings.groupId,
    partitionAssigners: [await readingColumnsInTurn()],
    ...(settings.rack !== undefined && { rackId: settings.rack }),
    sessionTimeout: settings.sessionTimeoutMs,
    heartbeatInterval: settings.heartbeatIntervalMs,
    rebalanceTimeout: settings.rebalanceTimeoutMs,
    maxWaitTimeInMs: settings.maxWaitMs,
    maxBytes: Math.floor(fetchBytes),
    maxBytesPerPartition: Math.floor(Math.min(1_048_576, Math.max(16_384, fetchBytes / partitions))),
    allowAutoTopicCreation: false,
    retry: KAFKA_RETRY,
  });
  let commits = 0;
  consumer.on(consumer.events.COMMIT_OFFSETS, () => {
    commits++;
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    // kafkajs begins again at the committed offsets whenever the group has met; what was read since is not read twice.
    const seeks = listener.joined(payload.memberAssignment[topic] ?? []);
    for (const [partition, offset] of seeks) consumer.seek({ topic, partition, offset: String(offset) });
  });
  consumer.on(consumer.events.FETCH_START, () => listener.fetching());
  consumer.on(consumer.events.REQUEST, ({ payload }) => listener.answered(payload.apiName === 'Fetch'));
  const run = (): Promise<void> =>
    consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // All at once, so that each fetched batch is known to be waiting.
      partitionsConsumedConcurrently: partitions,
      eachBatch: (payload) => passOn(payload, settings, listener),
    });
  const restart = restartConsumer(consumer, run, settings.outageMs, (error) =>
    listener.failed(toTransportError(error, `the consumer of ${topic} stopped`, { topic })),
  );

  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: settings.startAt === 'earliest' });
    await run();
  } catch (error) {
    await consumer.disconnect().catch(() => {}); // the first error is the one to tell
    throw toTransportError(error, `the consumer of ${topic} could not start`, { topic });
  }
  return {
    async commit(offsets) {
      const before = commits;
      await consumer.commitOffsets(
        Array.from(offsets, ([partition, offset]) => ({ topic, partition, offset: String(offset) })),
      );
      // A consumer that is stopping says nothing and commits nothing.
      if (commits === before && offsets.size > 0) {
        throw new SegtideError('transport', `the consumer of ${topic} is not running; its offsets were not committed`, {
          retriable: true,
          context: { topic },
        });
      }
    },
    close() {
      restart.close();
      return disconnect(consumer, topic);
    },
  };
}

async function passOn(
  payload: EachBatchPayload,
  settings: KafkaSourceSettings,
  listener: GroupListener,
): Promise<void> {
  const { batch, heartbeat, isRunning, isStale, resolveOffset } = payload;
  listener.arrived(batch.partition);
  for (let room = listener.room(); room !== undefined; room = listener.room()) {
    await within(settings.heartbeatIntervalMs, room);
    try {
      await heartbeat();
    } catch (error) {
      if (!isRebalance(error)) throw error;
      // The group waits for this member only while it shows that it is there.
      const leaving = listener.leaving();
      while (!(await within(settings.heartbeatIntervalMs, leaving))) await heartbeat().catch(() => {});
      throw error;
    }
  }
  // Unresolved, the batch is fetched again by whoever has the partition next.
  if (!isRunning() || isStale()) return;
  listener.records(batch.partition, recordsOf(batch), BigInt(batch.lastOffset()) + 1n);
  resolveOffset(batch.lastOffset());
}

/** Whether the promise was resolved within so many ms. */
async function within(ms: number, promise: Promise<void>): Promise<boolean> {
  const waiting = new AbortController();
  const late = sleep(ms, false, { signal: waiting.signal }).catch(() => false);
  const resolved = await Promise.race([promise.then(() => true), late]);
  waiting.abort();
  return resolved;
}

async function disconnect(consumer: Consumer, topic: string): Promise<void> {
  try {
    await consumer.disconnect();
  } catch (error) {
    throw toTransportError(error, `the consumer of ${topic} could not leave its group`, { topic });
  }
}
