import { type ErrorContext, SegtideError } from '../../errors.js';
import type { SourcePosition } from '../../ports.js';
import type { PartitionRange } from './topics.js';

/** Next offset to read, by `topic/partition`; offsets are text, for 64-bit numbers are never rounded. */
export type KafkaPosition = { readonly [topicPartition: string]: string };

/** How far each partition of this member has been fetched, and how far it has been handed over. */
export interface PartitionProgress {
  readonly partitions: readonly number[];
  /** Forgets the partitions that are not among those given, and answers which they were. */
  revokedBy(partitions: readonly number[]): readonly number[];
  /** Takes partitions over, and answers where to go on reading where that is not the committed offset. */
  assign(partitions: readonly number[]): ReadonlyMap<number, bigint>;
  /** Records from `first` on were fetched. Answers why they can't be taken, where they can't. */
  fetched(partition: number, first: bigint, next: bigint): SegtideError | undefined;
  /** Records up to `last` were handed over; with `all`, everything fetched so far. */
  handedOver(partition: number, last: bigint, all: boolean): void;
  position(): KafkaPosition;
  /** The part of a position that this member may commit. */
  committable(position: SourcePosition): ReadonlyMap<number, bigint>;
  takeRevoked(): readonly string[];
  sourceOf(partition: number): string;
  contextOf(partition: number): ErrorContext;
}

/** @throws SegtideError `state` when the topic no longer holds the position */
export function createPartitionProgress(
  topic: string,
  ranges: readonly PartitionRange[],
  from: SourcePosition = {},
): PartitionProgress {
  const sourceOf = (partition: number): string => `${topic}/${partition}`;
  const start = readPosition(topic, ranges, from);
  const owned = new Map<number, { fetched: bigint | undefined; handed: bigint | undefined }>();
  let revoked: string[] = [];
  return {
    get partitions() {
      return [...owned.keys()];
    },
    revokedBy(partitions) {
      const gone = [...owned.keys()].filter((partition) => !partitions.includes(partition));
      for (const partition of gone) owned.delete(partition);
      revoked.push(...gone.map(sourceOf));
      return gone;
    },
    assign(partitions) {
      const seeks = new Map<number, bigint>();
      for (const partition of partitions) {
        let at = owned.get(partition);
        if (at === undefined) {
          const first = start.get(partition);
          at = { fetched: first, handed: first };
          owned.set(partition, at);
          // Should the partition come back later, another member has read on, and the group knows how far.
          start.delete(partition);
        }
        if (at.fetched !== undefined) seeks.set(partition, at.fetched);
      }
      return seeks;
    },
    fetched(partition, first, next) {
      const at = owned.get(partition);
      if (at === undefined || (at.fetched !== undefined && first < at.fetched)) {
        const expected = at?.fetched ?? 'none of this partition';
        return new SegtideError(
          'transport',
          `${sourceOf(partition)} went back to offset ${first}, expected ${expected}: the topic was truncated or made anew; start with a new group, or reset the offsets of this one`,
          { context: { topic, partition } },
        );
      }
      at.fetched = next;
      return undefined;
    },
    handedOver(partition, last, all) {
      const at = owned.get(partition)!;
      at.handed = all ? at.fetched : last + 1n;
    },
    position() {
      const position: Record<string, string> = {};
      for (const [partition, { handed }] of owned) {
        if (handed !== undefined) position[sourceOf(partition)] = String(handed);
      }
      return position;
    },
    committable(position) {
      const offsets = new Map<number, bigint>();
      for (const partition of owned.keys()) {
        const offset = position[sourceOf(partition)];
        if (typeof offset === 'string') offsets.set(partition, BigInt(offset));
      }
      return offsets;
    },
    takeRevoked() {
      const taken = revoked;
      revoked = [];
      return taken;
    },
    sourceOf,
    contextOf: (partition) => ({ topic, partition, source: sourceOf(partition) }),
  };
}

function readPosition(topic: string, ranges: readonly PartitionRange[], from: SourcePosition): Map<number, bigint> {
  const start = new Map<number, bigint>();
  for (const { partition, low, high } of ranges) {
    const offset = from[`${topic}/${partition}`];
    if (offset === undefined) continue;
    if (typeof offset !== 'string' || !/^\d+$/.test(offset)) {
      throw new SegtideError(
        'state',
        `the position of ${topic}/${partition} is ${JSON.stringify(offset)}, not an offset; the checkpoint is damaged`,
      );
    }
    const next = BigInt(offset);
    if (next < low || next > high) {
      throw new SegtideError(
        'state',
        `the checkpoint goes on at offset ${next} of ${topic}/${partition}, which now holds ${low} to ${high}: retention has removed records that were never read, or the topic was made anew; start without the checkpoint`,
        { context: { topic, partition } },
      );
    }
    start.set(partition, next);
  }
  return start;
}
