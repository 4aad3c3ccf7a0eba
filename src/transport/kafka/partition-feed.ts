import type { AssignedPartition } from './assigned-partition.js';
import type { FetchedRecords } from './fetched-records.js';
import type { RecordQueue } from './record-queue.js';
import { createSignal } from './signal.js';

/** An assigned partition as its reader sees it. */
export interface PartitionFeed extends AssignedPartition {
  readonly started: boolean;
  /** Whether records were taken or worked on since it was last asked. */
  takeProgress(): boolean;
  /** Offset to fetch next. Undefined until it is known where to begin. */
  position(topic: string): bigint | undefined;
  /** Goes on elsewhere. */
  moveTo(topic: string, offset: bigint): void;
  /**
   * Records were fetched, maybe none but what the broker keeps for itself.
   *
   * @param next the offset after all of them
   */
  fetched(topic: string, records: FetchedRecords, next: bigint): void;
  /** A broker has answered a request for records of the topic. */
  answered(topic: string): void;
  /** Ends the assignment; what waits is forgotten. */
  end(reason: unknown): void;
}

export interface PartitionFeedListener {
  start(feed: PartitionFeed, offsets: ReadonlyMap<string, bigint>): void;
  taken(feed: PartitionFeed, topic: string): void;
  /** Whether no more of the topic is asked for at present: enough of it waits. */
  isHeld(feed: PartitionFeed, topic: string): boolean;
}

/** @param queue shared by the feeds of a reader; keys are `topic/partition` */
export function createPartitionFeed(
  partition: number,
  topics: readonly string[],
  queue: RecordQueue<string>,
  listener: PartitionFeedListener,
): PartitionFeed {
  const keyOf = (topic: string): string => `${topic}/${partition}`;
  const ending = new AbortController();
  const news = createSignal();
  const positions = new Map<string, bigint>();
  let started = false;
  let progressed = false;
  let rounds = 0;
  /** Topics of which a broker has answered since the last round. */
  const answered = new Set<string>();
  const feed: PartitionFeed = {
    partition,
    topics,
    signal: ending.signal,
    get started() {
      return started;
    },
    takeProgress() {
      const answer = progressed;
      progressed = false;
      return answer;
    },
    start(offsets) {
      if (started || ending.signal.aborted) return;
      started = true;
      listener.start(feed, offsets);
    },
    get rounds() {
      return rounds;
    },
    get waiting() {
      return topics.filter((topic) => queue.has(keyOf(topic)));
    },
    peek: (topic, maxBytes, before) => queue.peek(keyOf(topic), maxBytes, before),
    take(topic, count) {
      // What was peeked before the assignment ended is gone from the queue.
      if (ending.signal.aborted || count === 0) return;
      queue.take(keyOf(topic), count);
      progressed = true;
      listener.taken(feed, topic);
    },
    working() {
      progressed = true;
    },
    next(topic) {
      return queue.first(keyOf(topic)) ?? positions.get(topic);
    },
    async arrival(ms, topic) {
      if (topic === undefined ? feed.waiting.length > 0 : queue.has(keyOf(topic))) return true;
      return !ending.signal.aborted && (await news.within(ms)) && !ending.signal.aborted;
    },
    position: (topic) => positions.get(topic),
    moveTo(topic, offset) {
      positions.set(topic, offset);
    },
    fetched(topic, records, next) {
      queue.push(keyOf(topic), records);
      positions.set(topic, next);
      news.set();
    },
    answered(topic) {
      answered.add(topic);
      // Each topic may have another leader.
      if (!topics.every((each) => answered.has(each) || listener.isHeld(feed, each))) return;
      answered.clear();
      rounds++;
    },
    end(reason) {
      for (const topic of topics) queue.drop(keyOf(topic));
      ending.abort(reason);
      news.set();
    },
  };
  return feed;
}
