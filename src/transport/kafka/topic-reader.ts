import type { Admin, Consumer, Kafka, KafkaMessage } from 'kafkajs';
import { SegtideError } from '../../errors.js';
import { KAFKA_RETRY } from './kafka-connection.js';
import { isRetriable, toTransportError } from './kafka-error.js';
import { tryAgain } from './try-again.js';

/**
 * Reads partitions of inner topics from offsets of the caller's choice, as committed records only. One consumer of one
 * process, in a group of its own that commits nothing.
 */
export interface TopicReader {
  /**
   * Hands over records from `from` on (the oldest where undefined) until `take` answers true, or the signal aborts.
   * `take` is also told the offset after them and after what the broker keeps for itself, such as the ends of
   * transactions; where there is nothing but that, it gets no records. Readings of several partitions may be under way at once, but one at a time of each. It outlives restarts of the
   * brokers.
   *
   * @throws SegtideError `transport` when the brokers refuse to be read from, and when the reader is closed
   */
  read(
    topic: string,
    partition: number,
    from: bigint | undefined,
    take: (records: readonly KafkaMessage[], next: bigint) => boolean,
    signal?: AbortSignal,
  ): Promise<void>;
  close(): Promise<void>;
}

export interface TopicReaderOptions {
  /** The reader's own group is named `<groupId>-reader-<id>`: the brokers must allow it to read by groups of that prefix. */
  readonly groupId: string;
  /** Topics that can be read. They must exist. */
  readonly topics: readonly string[];
  /** Makes an id that nobody else has. */
  readonly newId: () => string;
  /** Bytes of one partition in one answer of a broker, about. @default 4194304 */
  readonly maxBytes?: number;
}

/**
 * Starts a reader. It joins its group once, which by a broker's default settings takes 3 s; the group vanishes when the
 * reader has left.
 *
 * @throws SegtideError `transport` when no broker is to be had, or a topic does not exist
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
  take(records: readonly KafkaMessage[], next: bigint): void;
  fail(error: unknown): void;
}

class GroupTopicReader implements TopicReader {
  readonly #topics: readonly string[];
  readonly #consumer: Consumer;
  readonly #admin: Admin;
  readonly #readings = new Map<string, Reading>();
  /** Whether kafkajs takes seeks now: between a crash and its restart it does not. */
  #joined = false;
  #failure: SegtideError | undefined;

  constructor(kafka: Kafka, options: TopicReaderOptions) {
    this.#topics = options.topics;
    this.#admin = kafka.admin({ retry: KAFKA_RETRY });
    this.#consumer = kafka.consumer({
      groupId: `${options.groupId}-reader-${options.newId()}`,
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytesPerPartition: options.maxBytes ?? 4_194_304,
      allowAutoTopicCreation: false,
      retry: KAFKA_RETRY,
    });
  }

  async start(): Promise<void> {
    const consumer = this.#consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.#begin(payload.memberAssignment));
    consumer.on(consumer.events.STOP, () => {
      this.#joined = false;
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      // kafkajs restarts by itself where that can help.
      if (!payload.restart) this.#fail(toTransportError(payload.error, 'the reader of inner topics stopped'));
    });
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      // Batches with records are taken where they come; kafkajs shows those without any here alone.
      const { topic, partition, batchSize, firstOffset, lastOffset } = payload;
      if (batchSize > 0 || firstOffset === null) return;
      const reading = this.#readings.get(toKey(topic, partition));
      // One that was fetched for an earlier reading may lie beyond what this one is still to get.
      if (reading?.ready && BigInt(firstOffset) <= reading.next) reading.take([], BigInt(lastOffset) + 1n);
    });
    try {
      await this.#admin.connect();
      await consumer.connect();
      await consumer.subscribe({ topics: [...this.#topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch, isStale }) => {
          if (isStale()) return;
          const reading = this.#readings.get(toKey(batch.topic, batch.partition));
          reading?.take(batch.messages, BigInt(batch.lastOffset()) + 1n);
        },
      });
    } catch (error) {
      await this.close().catch(() => {}); // the first error is the one to tell
      throw toTransportError(error, `the topics ${this.#topics.join(', ')} could not be read`);
    }
  }

  async read(
    topic: string,
    partition: number,
    from: bigint | undefined,
    take: (records: readonly KafkaMessage[], next: bigint) => boolean,
    signal?: AbortSignal,
  ): Promise<void> {
    const key = toKey(topic, partition);
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#topics.includes(topic)) {
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
        if (this.#joined) this.#consumer.pause([{ topic, partitions: [partition] }]);
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
          const fresh = records.filter(({ offset }) => BigInt(offset) >= reading.next);
          if (next <= reading.next) return;
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
    try {
      await this.#consumer.disconnect();
      await this.#admin.disconnect();
    } catch (error) {
      throw toTransportError(error, 'the reader of inner topics could not leave its group');
    }
  }

  /** A group that has met begins with everything unpaused, at the oldest records. */
  #begin(assignment: Readonly<Record<string, number[]>>): void {
    this.#joined = true;
    this.#consumer.pause(Object.entries(assignment).map(([topic, partitions]) => ({ topic, partitions })));
    for (const reading of this.#readings.values()) this.#resume(reading);
  }

  #resume({ topic, partition, next, ready }: Reading): void {
    if (!ready || !this.#joined) return;
    this.#consumer.seek({ topic, partition, offset: String(next) });
    this.#consumer.resume([{ topic, partitions: [partition] }]);
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

/** How long a broker holds its answer back while there are no records; a reading may have to wait for it once. */
const MAX_WAIT_MS = 100;

function toKey(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
