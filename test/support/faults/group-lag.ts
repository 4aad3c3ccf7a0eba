import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';

/** A group and a topic that it reads. */
export interface WatchedGroup {
  readonly groupId: string;
  readonly topic: string;
  /** So many offsets at the end may be marks of transactions, which nobody commits to have read. @default 0 */
  readonly marks?: number;
}

/** Watches how far consumer groups have committed. */
export interface GroupLag {
  /** Longest time for which a partition with records to read committed nothing, so far. */
  readonly longestPauseMs: number;
  /** Resolves when everything that is in the topics at the moment was committed. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

export function watchGroupLag(admin: Admin, groups: readonly WatchedGroup[]): GroupLag {
  const committed = new Map<string, bigint>();
  const movedAt = new Map<string, number>();
  const waiting = new Set<() => void>();
  let longestPauseMs = 0;
  let isOpen = true;

  /** What the group has still to commit. */
  const look = async ({ groupId, topic, marks = 0 }: WatchedGroup): Promise<bigint> => {
    const ends = await admin.fetchTopicOffsets(topic);
    const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
    let lag = 0n;
    for (const { partition, high } of ends) {
      const key = `${topic}/${partition}`;
      const at = BigInt(offsets!.partitions.find((of) => of.partition === partition)?.offset ?? -1);
      const moved = committed.get(key) !== at;
      committed.set(key, at);
      const behind = BigInt(high) - (at < 0n ? 0n : at);
      const left = behind > marks ? behind : 0n;
      lag += left;
      if (moved || left === 0n || at < 0n) movedAt.set(key, Date.now());
      else longestPauseMs = Math.max(longestPauseMs, Date.now() - movedAt.get(key)!);
    }
    return lag;
  };
  /** In order: what one group commits, the next may have to read. */
  const isDone = async (): Promise<boolean> => {
    let lag = 0n;
    for (const group of groups) lag += await look(group);
    return lag === 0n;
  };
  const watching = (async () => {
    while (isOpen) {
      // While the broker is away nothing moves, which is what is watched for.
      const waited = [...waiting];
      const done = await isDone().catch(() => false);
      if (done) for (const resolve of waited) resolve();
      if (done) for (const resolve of waited) waiting.delete(resolve);
      await sleep(LOOK_MS);
    }
  })();
  return {
    get longestPauseMs() {
      return longestPauseMs;
    },
    caughtUp: () => new Promise((resolve) => waiting.add(resolve)),
    async close() {
      isOpen = false;
      await watching;
    },
  };
}

const LOOK_MS = 200;
