import type { FetchedRecords } from './fetched-records.js';

/**
 * One partition number of all input topics, while this member of the consumer group has it. Topics that are read
 * together have as many partitions as each other, and the same customers in the same ones.
 *
 * Records wait here until they are taken; what waits is bounded, and the broker is not asked for more until then.
 */
export interface AssignedPartition {
  readonly partition: number;
  readonly topics: readonly string[];
  /** Aborted when the group gives the partition to another member, and when the reader closes or fails. */
  readonly signal: AbortSignal;
  /**
   * Begins to read; once. A topic without an offset begins where the group has committed, or as `startAt` says.
   *
   * From here on records are to be taken: an owner that takes none for `stallMs` while some wait counts as hung. Who
   * restores state or waits for anything but a broker does so before.
   */
  start(offsets: ReadonlyMap<string, bigint>): void;
  /** Topics of which records wait. */
  readonly waiting: readonly string[];
  /**
   * The next records of a topic, without taking them: some `maxBytes` of them, at least one, none where none wait.
   *
   * @param before only records before this offset
   */
  peek(topic: string, maxBytes: number, before?: bigint): FetchedRecords;
  /** Takes the first `count` of what `peek` showed. */
  take(topic: string, count: number): void;
  /** Tells that what was taken is being worked on: it may take longer than an owner that takes nothing is given. */
  working(): void;
  /** Offset of the next record that is not yet taken, with what the broker keeps for itself passed over; undefined before the first fetch. */
  next(topic: string): bigint | undefined;
  /**
   * How often brokers have answered requests for records of each of the partition's topics, so far: while it does not
   * grow one that leads it is away, and nothing is silent.
   */
  readonly rounds: number;
  /**
   * Resolves true when records wait, or `next` has passed over what the broker keeps for itself; false after so many ms
   * without either, or when the signal is aborted.
   *
   * @param topic the one whose records count, for who can take no others first. @default any of them
   */
  arrival(ms: number, topic?: string): Promise<boolean>;
}
