import type { Clock } from '../../ports.js';
import type { AssignedPartition } from '../../transport/kafka/assigned-partition.js';

/** How far the owner of a partition is behind its producers. */
export interface Lag {
  /** Of all its topics. */
  readonly records: number;
  /** How long the oldest of them has been known to wait; 0 where none waits. */
  readonly seconds: number;
}

/** Looks up how far topics reach, now and then. */
export interface LagWatch {
  /** Undefined until brokers have answered. */
  of(partition: Pick<AssignedPartition, 'partition' | 'topics' | 'next'>): Lag | undefined;
  /** Looks now. */
  look(): Promise<void>;
  close(): void;
}

export interface LagWatchOptions {
  /** Next offset of each partition, by topic. */
  readonly ends: () => Promise<ReadonlyMap<string, ReadonlyMap<number, bigint>>>;
  readonly clock: Clock;
  /** In ms. @default 10000 */
  readonly everyMs?: number;
  /** Told when brokers can't say; what was known stays. */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * Records carry no time that can be trusted, producers' clocks being what they are; so a record has waited since a look
 * found it there, and the age of what waits is right to within the time between two looks.
 */
export function createLagWatch({ ends, clock, everyMs = 10_000, onFailure }: LagWatchOptions): LagWatch {
  const looks = new Map<string, Look[]>();
  let underWay: Promise<void> | undefined;
  const take = async (): Promise<void> => {
    try {
      const at = clock.now();
      for (const [topic, partitions] of await ends()) {
        for (const [partition, end] of partitions) remember(looks, `${topic}/${partition}`, { end, at });
      }
    } catch (error) {
      onFailure?.(error);
    }
  };
  const look = (): Promise<void> => {
    underWay ??= take().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
  void look();
  const timer = setInterval(look, everyMs).unref();
  return {
    of({ partition, topics, next }) {
      let records = 0;
      let since = Number.POSITIVE_INFINITY;
      let isKnown = false;
      for (const topic of topics) {
        const taken = next(topic);
        const known = looks.get(`${topic}/${partition}`);
        if (taken === undefined || known === undefined) continue;
        isKnown = true;
        // What was there and is taken says nothing of what waits.
        while (known.length > 1 && known[0]!.end <= taken) known.shift();
        records += Math.max(0, Number(known.at(-1)!.end - taken));
        if (known[0]!.end > taken) since = Math.min(since, known[0]!.at);
      }
      if (!isKnown) return undefined;
      return { records, seconds: records === 0 ? 0 : Math.max(0, clock.now() - since) / 1000 };
    },
    look,
    close: () => clearInterval(timer),
  };
}

interface Look {
  readonly end: bigint;
  /** Epoch ms. */
  readonly at: number;
}

function remember(looks: Map<string, Look[]>, key: string, look: Look): void {
  const known = looks.get(key) ?? [];
  looks.set(key, known);
  // Nothing was written since: the look before says as much, and is older.
  if (known.at(-1)?.end === look.end) return;
  known.push(look);
  // While nothing is taken for hours, half of the looks tell its age as well.
  if (known.length > MOST_LOOKS)
    looks.set(
      key,
      known.filter((_, i) => i % 2 === 0 || i === known.length - 1),
    );
}

/** Two hours of looks every ten seconds. */
const MOST_LOOKS = 720;
