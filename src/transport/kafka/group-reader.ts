import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { defer, from, merge, type Observable, Subject } from 'rxjs';
import { SegtideError } from '../../errors.js';
import type { AssignedPartition } from './assigned-partition.js';
import { createFetchFlow } from './fetch-flow.js';
import { createGroupMember } from './group-member.js';
import { type GroupReaderOptions, type GroupReaderSettings, resolveGroupReader } from './group-reader-options.js';
import { openKafka } from './kafka-connection.js';
import { isRebalance, isRetriable, toTransportError } from './kafka-error.js';
import type { LostRecords } from './out-of-range.js';
import { createPartitionFeed, type PartitionFeed, type PartitionFeedListener } from './partition-feed.js';
import { createProgressWatch, type SilenceListener } from './progress-watch.js';
import { createRecordQueue } from './record-queue.js';
import { createSignal } from './signal.js';
import { createStartOffsets } from './start-offsets.js';
import { createTopicLooks } from './topic-looks.js';
import { selectionChange, selectTopics, type TopicSelection } from './topic-selection.js';

/**
 * A member of a consumer group. It commits nothing by itself, but where `startAt` is no fixed offset: then it commits
 * where a partition begins, before it reads it.
 */
export interface GroupReader {
  /**
   * The partitions that the group gives this member: those that it has, then each new one. A partition that stays
   * through a rebalance is not told again. Its signal aborts when the group takes it away; also when this member's
   * session had ended in between, for then another member may have had it. The next owner may begin a moment before the
   * last one hears of it: what both would write has to be fenced, as a `StateStore` does.
   *
   * Completes with `close`. Errors when the consumer stopped for good, no broker answered for `outageMs`, records of a
   * partition waited for `stallMs`, topics changed (all `transport`), or retention overtook the reading (`state`).
   * Signals abort with the error as their reason.
   */
  readonly partitions$: Observable<AssignedPartition>;
  /** Partitions of this member, ascending. */
  assigned(): readonly number[];
  /**
   * Tells a partition anew, for another owner in this process: the signal of the last one aborts.
   *
   * @returns false, and does nothing, where it is not this member's any more
   */
  again(partition: AssignedPartition): boolean;
  /**
   * Commits next offsets by topic; resolves when the group has stored them. Only for at-least-once: else offsets go
   * into the transaction of what was made of the records.
   *
   * @throws SegtideError `fenced` when the partition is no longer this member's
   */
  commit(partition: AssignedPartition, offsets: ReadonlyMap<string, bigint>): Promise<void>;
  /** Ends all partitions and leaves the group. */
  close(): Promise<void>;
}

export interface GroupReaderParts extends SilenceListener {
  /** Told when retention has removed records that were not read, and `outOfRange` says to go on. */
  readonly onLost?: (lost: LostRecords) => void;
  /** Told at each rebalance that leaves this member without a partition: others have them all. */
  readonly onIdle?: () => void;
}

/** @throws SegtideError `config` for a wrong option, `transport` when a topic or the brokers are not to be had */
export async function createGroupReader(
  options: GroupReaderOptions,
  parts: GroupReaderParts = {},
): Promise<GroupReader> {
  const settings = resolveGroupReader(options);
  const kafka = await openKafka(options);
  const selection = await selectTopics(kafka, settings.topics);
  return startReader(kafka, settings, selection, parts);
}

async function startReader(
  kafka: Kafka,
  settings: GroupReaderSettings,
  selection: TopicSelection,
  parts: GroupReaderParts,
): Promise<GroupReader> {
  const { topics } = selection;
  const { onLost, onIdle } = parts;
  const feeds = new Map<number, PartitionFeed>();
  const queue = createRecordQueue<string>();
  const flow = createFetchFlow(queue, settings.maxBytesInFlight / 2, () => feeds.size * topics.length);
  const watch = createProgressWatch(settings, parts);
  const startOffsets = createStartOffsets(kafka, topics, settings);
  const assignments = new Subject<AssignedPartition>();
  const joining = createSignal();
  const timers: NodeJS.Timeout[] = [];
  let joins = 0;
  let failure: SegtideError | undefined;
  let left: Promise<void> | undefined;

  const end = (feed: PartitionFeed, reason: SegtideError): void => {
    feeds.delete(feed.partition);
    for (const topic of topics) flow.forget(laneOf(topic, feed));
    feed.end(reason);
  };
  const stop = (reason: SegtideError): Promise<void> => {
    for (const timer of timers) clearInterval(timer);
    for (const feed of [...feeds.values()]) end(feed, reason);
    joining.set();
    left = member.close();
    return left;
  };
  const fail = (error: SegtideError): void => {
    if (left !== undefined) return;
    failure = error;
    stop(error).catch(() => {}); // the failure is the one to tell
    assignments.error(error);
  };

  /** Reads a topic from where its feed is; not at all where that is not known yet or enough waits. */
  const follow = (feed: PartitionFeed, topic: string): void => {
    const position = feed.position(topic);
    if (position !== undefined) member.seek(topic, feed.partition, position);
    if (position === undefined || flow.isHeld(laneOf(topic, feed))) member.pause(topic, feed.partition);
    else member.resume(topic, feed.partition);
  };
  const begin = async (feed: PartitionFeed, given: ReadonlyMap<string, bigint>): Promise<void> => {
    const unknown = topics.filter((topic) => !given.has(topic));
    const { offsets, moving } = await patiently(feed.signal, () => startOffsets.of(feed.partition, unknown));
    if (moving.size > 0) await patiently(feed.signal, () => commit(feed, moving));
    if (feed.signal.aborted) return;
    for (const topic of topics) {
      feed.moveTo(topic, given.get(topic) ?? offsets.get(topic)!);
      follow(feed, topic);
    }
  };
  const commit = async (
    { partition, signal }: AssignedPartition,
    offsets: ReadonlyMap<string, bigint>,
  ): Promise<void> => {
    for (;;) {
      if (failure !== undefined) throw failure;
      if (signal.aborted) throw revoked(partition);
      const before = joins;
      try {
        return await member.commit(partition, offsets);
      } catch (error) {
        if (!isRebalance(error)) throw toTransportError(error, 'the offsets could not be committed', { partition });
      }
      if (joins === before) await joining.within(settings.rebalanceTimeoutMs);
    }
  };

  /** A feed of its own for a partition, which reads nothing until it is started. */
  const give = (partition: number): PartitionFeed => {
    const feed = createPartitionFeed(partition, topics, queue, feedListener);
    feeds.set(partition, feed);
    return feed;
  };

  const looks = createTopicLooks(kafka, selection, settings, {
    position: (topic, partition) => feeds.get(partition)?.position(topic),
    lost(records) {
      const feed = feeds.get(records.partition)!;
      feed.moveTo(records.topic, records.to);
      follow(feed, records.topic);
      onLost?.(records);
    },
    failed: fail,
  });

  const feedListener: PartitionFeedListener = {
    start(feed, offsets) {
      begin(feed, offsets).catch((error: unknown) => {
        if (!feed.signal.aborted) fail(toTransportError(error, `partition ${feed.partition} could not be begun`));
      });
    },
    isHeld: (feed, topic) => flow.isHeld(laneOf(topic, feed)),
    taken(feed, topic) {
      if (flow.taken(laneOf(topic, feed))) member.resume(topic, feed.partition);
    },
  };
  const member = await createGroupMember(kafka, settings, selection, {
    owned: () => [...feeds.keys()],
    joined(partitions, unbroken) {
      if (left !== undefined) return;
      for (const feed of [...feeds.values()]) {
        if (!unbroken || !partitions.includes(feed.partition)) end(feed, revoked(feed.partition));
      }
      const count = Math.max(...partitions) + 1;
      if (count > selection.partitions) return fail(selectionChange(selection, { topics, partitions: count })!);
      const fresh: PartitionFeed[] = [];
      for (const partition of [...partitions].sort((a, b) => a - b)) {
        let feed = feeds.get(partition);
        if (feed === undefined) {
          feed = give(partition);
          fresh.push(feed);
        }
        for (const topic of topics) follow(feed, topic);
      }
      joins++;
      joining.set();
      for (const feed of fresh) assignments.next(feed);
      if (partitions.length === 0) onIdle?.();
    },
    fetched(topic, partition, records, first, next) {
      const feed = feeds.get(partition);
      const position = feed?.position(topic);
      if (feed === undefined || position === undefined) return false;
      if (first < position) {
        // An answer from before the last seek.
        follow(feed, topic);
        return false;
      }
      feed.fetched(topic, records, next);
      if (flow.arrived(laneOf(topic, feed))) member.pause(topic, partition);
      return true;
    },
    outOfRange: looks.passOverRemoved,
    answered: watch.answered,
    answeredFetch: (topic, partition) => feeds.get(partition)?.answered(topic),
    failed: fail,
  });

  const every = (ms: number, act: () => void): void => {
    timers.push(setInterval(act, ms));
  };
  every(watch.tickMs, () => {
    const wrong = watch.tick(feeds.values());
    if (wrong !== undefined) fail(wrong);
  });
  every(settings.topicsEveryMs, looks.compare);
  try {
    await member.start();
  } catch (error) {
    for (const timer of timers) clearInterval(timer);
    throw error;
  }
  return {
    partitions$: defer(() => merge(from([...feeds.values()]), assignments)),
    assigned: () => [...feeds.keys()].sort((a, b) => a - b),
    again(given) {
      const { partition } = given;
      const last = feeds.get(partition);
      if (last === undefined || last !== given) return false;
      end(last, revoked(partition));
      const feed = give(partition);
      for (const topic of topics) follow(feed, topic);
      assignments.next(feed);
      return true;
    },
    commit,
    async close() {
      if (left !== undefined) return failure === undefined ? left : left.catch(() => {});
      const leaving = stop(new SegtideError('aborted', 'the reader was closed'));
      assignments.complete();
      await leaving;
    },
  };
}

function laneOf(topic: string, { partition }: AssignedPartition): string {
  return `${topic}/${partition}`;
}

function revoked(partition: number): SegtideError {
  return new SegtideError('fenced', `partition ${partition} was given to another member of the group`, {
    context: { partition },
  });
}

/** Asks until brokers can answer: how long that may last is the watch's business. */
async function patiently<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || !isRetriable(error)) throw error;
    }
    await sleep(AGAIN_MS);
  }
}

const AGAIN_MS = 500;
