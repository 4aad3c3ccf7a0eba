import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Consumer, ConsumerEndBatchProcessEvent, Kafka } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import { readingColumnsInTurn, recordsOf } from './fetch-answers.js';
import { countBefore, type FetchedRecords, NO_RECORDS } from './fetched-records.js';
import { KAFKA_RETRY } from './kafka-connection.js';
import {
  createTopicPatience,
  isLostCoordinator,
  isRetriable,
  isUnknownTopic,
  toTransportError,
  toUnknownTopic,
} from './kafka-error.js';
import { tryAgain } from './try-again.js';

/**
 * Reads partitions of inner topics from offsets of the caller's choice, as committed records only. One consumer of one
 * process, in a group of its own that commits nothing.
 */
export interface TopicReader {
  /**
   * Hands over records from `from` on (the oldest where undefined) until `take` answers true, or the signal aborts.
   * `take` is also told the offset after them and after what the broker keeps for itself, such as the ends of
   * transactions; where there is nothing but that, it gets no records. Readings of several partitions may be under way at
   * once, but one at a time of each. It outlives restarts of the brokers.
   *
   * @throws SegtideError `transport` when the brokers refuse to be read from, and when the reader is closed
   */
  read(
    topic: string,
    partition: number,
    from: bigint | undefined,
    take: (records: FetchedRecords, next: bigint) => boolean,
    signal?: AbortSignal,
  ): Promise<void>;
  close(): Promise<void>;
}

export interface TopicReaderOptions {
  /** The reader's own groups are named `<groupId>-reader-<id>`: the brokers must allow reading by groups of that prefix. */
  readonly groupId: string;
  /** Topics that can be read. They must exist. */
  readonly topics: readonly string[];
  /** Makes an id that nobody else has, another each time. */
  readonly newId: () => string;
  /** Bytes of one partition in one answer of a broker, about. @default 4194304 */
  readonly maxBytes?: number;
}

/**
 * Starts a reader. It joins its group once, which by a broker's default settings takes 3 s; the group vanishes when the
 * reader has left. After an outage it joins another one, where nobody waits for the member that was lost.
 *
 * @throws SegtideError `transport` when no broker is to be had, `input` when a topic does not exist
 */
export async function createTopicReader(kafka: Kafka, options: TopicReaderOptions): Promise<TopicReader> {
  const reader = new GroupTopicReader(kafka, options);
  await reader.start();
  return reader;
}

interface Reading {
  readonly topic: string;
  readonly partition: number;
  /** Offset from which on records are still to be handed over. */
  next: bigint;
  /** Whether `next` is known to be there, or still to come. */
  ready: boolean;
  take(records: FetchedRecords, next: bigint): void;
  fail(error: unknown): void;
}

class GroupTopicReader implements TopicReader {
  readonly #kafka: Kafka;
  readonly #options: TopicReaderOptions;
  readonly #admin: Admin;
  readonly #readings = new Map<string, Reading>();
  readonly #end = new AbortController();
  /** The consumer that has joined its group, until it crashes. */
  #consumer: Consumer | undefined;
  #failure: SegtideError | undefined;

  constructor(kafka: Kafka, options: TopicReaderOptions) {
    this.#kafka = kafka;
    this.#options = options;
    this.#admin = kafka.admin({ retry: KAFKA_RETRY });
  }

  async start(): Promise<void> {
    const { topics } = this.#options;
    try {
      await this.#admin.connect();
      await tryAgain(() => this.#join(), 1000, createTopicPatience());
    } catch (error) {
      const missing = isUnknownTopic(error) ? await this.#missing() : [];
      await this.close().catch(() => {}); // the first error is the one to tell
      if (missing.length > 0) throw toUnknownTopic(missing.join(', '), 'input', error);
      throw toTransportError(error, `the topics ${topics.join(', ')} could not be read`);
    }
  }

  async #missing(): Promise<readonly string[]> {
    const listed = await this.#admin.listTopics();
    return this.#options.topics.filter((topic) => !listed.includes(topic));
  }

  async read(
    topic: string,
    partition: number,
    from: bigint | undefined,
    take: (records: FetchedRecords, next: bigint) => boolean,
    signal?: AbortSignal,
  ): Promise<void> {
    const key = toKey(topic, partition);
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#options.topics.includes(topic)) {
      throw new SegtideError('config', `the reader was not made for the topic ${topic}; name it in \`topics\``);
    }
    if (this.#readings.has(key)) {
      throw new SegtideError('config', `partition ${partition} of ${topic} is being read; wait until that has ended`);
    }
    if (signal?.aborted) return;
    await new Promise<void>((resolve, reject) => {
      const end = (): void => {
        signal?.removeEventListener('abort', stop);
        this.#readings.delete(key);
        this.#consumer?.pause([{ topic, partitions: [partition] }]);
      };
      const stop = (): void => {
        end();
        resolve();
      };
      const fail = (error: unknown): void => {
        end();
        reject(error);
      };
      const reading: Reading = {
        topic,
        partition,
        next: from ?? 0n,
        ready: false,
        take(records, next) {
          // A consumer that lost its place may begin again with the oldest.
          if (next <= reading.next) return;
          const fresh = records.slice(countBefore(records, reading.next), records.length);
          reading.next = next;
          try {
            if (take(fresh, next)) stop();
          } catch (error) {
            fail(error);
          }
        },
        fail,
      };
      this.#readings.set(key, reading);
      signal?.addEventListener('abort', stop);
      this.#oldest(topic, partition).then((oldest) => {
        if (this.#readings.get(key) !== reading) return;
        if (reading.next < oldest) reading.next = oldest;
        reading.ready = true;
        this.#resume(reading);
      }, fail);
    });
  }

  async close(): Promise<void> {
    this.#fail(new SegtideError('transport', 'the reader of inner topics is closed'));
    this.#end.abort();
    const consumer = this.#consumer;
    this.#consumer = undefined;
    try {
      await consumer?.disconnect();
      await this.#admin.disconnect();
    } catch (error) {
      throw toTransportError(error, 'the reader of inner topics could not leave its group');
    }
  }

  /** Resolves when a new consumer has joined a group of its own. */
  async #join(): Promise<void> {
    const { groupId, newId, topics, maxBytes } = this.#options;
    const consumer = this.#kafka.consumer({
      groupId: `${groupId}-reader-${newId()}`,
      partitionAssigners: [await readingColumnsInTurn()],
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytesPerPartition: maxBytes ?? 4_194_304,
      allowAutoTopicCreation: false,
      // kafkajs would join the same group again, and wait until the broker takes the lost member for dead.
      retry: { ...KAFKA_RETRY, restartOnFailure: async () => false },
    });
    try {
      await new Promise<void>((resolve, reject) => {
        consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
          this.#begin(consumer, payload.memberAssignment);
          resolve();
        });
        consumer.on(consumer.events.CRASH, ({ payload }) => {
          reject(payload.error);
          if (this.#consumer === consumer) void this.#joinAgain(payload.error);
        });
        consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => this.#passOver(payload));
        this.#run(consumer, topics).catch(reject);
      });
    } catch (error) {
      await consumer.disconnect().catch(() => {}); // the first error is the one to tell
      throw error;
    }
    if (this.#end.signal.aborted) await consumer.disconnect();
  }

  async #run(consumer: Consumer, topics: readonly string[]): Promise<void> {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, isStale }) => {
        if (isStale()) return;
        const reading = this.#readings.get(toKey(batch.topic, batch.partition));
        reading?.take(recordsOf(batch), BigInt(batch.lastOffset()) + 1n);
      },
    });
  }

  /** Goes past a batch of nothing but what the broker keeps for itself, which kafkajs shows only here. */
  #passOver({ topic, partition, batchSize, firstOffset, lastOffset }: ConsumerEndBatchProcessEvent['payload']): void {
    if (batchSize > 0 || firstOffset === null) return;
    const reading = this.#readings.get(toKey(topic, partition));
    // What was fetched for an earlier reading may lie beyond what this one is still to get.
    if (reading?.ready && BigInt(firstOffset) <= reading.next) reading.take(NO_RECORDS, BigInt(lastOffset) + 1n);
  }

  /** Until it succeeds, or can't. Nothing is thrown. */
  async #joinAgain(cause: unknown): Promise<void> {
    this.#consumer = undefined;
    let error = cause;
    // Who was in a group of that name had the right to it.
    while ((isRetriable(error) || isLostCoordinator(error)) && !this.#end.signal.aborted) {
      try {
        return await this.#join();
      } catch (next) {
        error = next;
      }
      await sleep(RETRY_MS, undefined, { signal: this.#end.signal }).catch(() => {}); // closed
    }
    this.#fail(toTransportError(error, 'the reader of inner topics stopped'));
  }

  /** A group that has met begins with everything unpaused, at the oldest records. */
  #begin(consumer: Consumer, assignment: Readonly<Record<string, number[]>>): void {
    this.#consumer = consumer;
    consumer.pause(Object.entries(assignment).map(([topic, partitions]) => ({ topic, partitions })));
    for (const reading of this.#readings.values()) this.#resume(reading);
  }

  #resume({ topic, partition, next, ready }: Reading): void {
    if (!ready) return;
    this.#consumer?.seek({ topic, partition, offset: String(next) });
    this.#consumer?.resume([{ topic, partitions: [partition] }]);
  }

  /** kafkajs would commit an offset to get past records that were deleted. */
  async #oldest(topic: string, partition: number): Promise<bigint> {
    try {
      const ranges = await tryAgain(() => this.#admin.fetchTopicOffsets(topic), 1000, isRetriable);
      return BigInt(ranges.find((range) => range.partition === partition)?.low ?? 0);
    } catch (error) {
      throw toTransportError(error, `the oldest record of ${topic} could not be found`, { topic, partition });
    }
  }

  #fail(error: SegtideError): void {
    this.#failure ??= error;
    for (const reading of [...this.#readings.values()]) reading.fail(this.#failure);
  }
}

/** Between two attempts to join a group. */
const RETRY_MS = 500;
/** How long a broker holds its answer back while there are no records; a reading may have to wait for it once. */
const MAX_WAIT_MS = 100;

function toKey(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
