import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';

/** Watches how far a consumer group has committed. */
export interface GroupLag {
  /** Longest time for which a partition with records to read committed nothing, so far. */
  readonly longestPauseMs: number;
  /** Resolves when everything that is in the topic at the moment was committed. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

export function watchGroupLag(admin: Admin, groupId: string, topic: string): GroupLag {
  const committed = new Map<number, bigint>();
  const movedAt = new Map<number, number>();
  const waiting = new Set<() => void>();
  let longestPauseMs = 0;
  let isOpen = true;

  const look = async (): Promise<boolean> => {
    const ends = await admin.fetchTopicOffsets(topic);
    const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
    let lag = 0n;
    for (const { partition, high } of ends) {
      const at = BigInt(offsets!.partitions.find((of) => of.partition === partition)?.offset ?? -1);
      const moved = committed.get(partition) !== at;
      committed.set(partition, at);
      const left = BigInt(high) - (at < 0n ? 0n : at);
      lag += left;
      if (moved || left === 0n || at < 0n) movedAt.set(partition, Date.now());
      else longestPauseMs = Math.max(longestPauseMs, Date.now() - movedAt.get(partition)!);
    }
    return lag === 0n;
  };
  const watching = (async () => {
    while (isOpen) {
      // While the broker is away nothing moves, which is what is watched for.
      const done = await look().catch(() => false);
      if (done) for (const resolve of waiting) resolve();
      if (done) waiting.clear();
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
