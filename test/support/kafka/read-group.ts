import { setTimeout as sleep } from 'node:timers/promises';
import type { AssignedPartition } from '../../../src/transport/kafka/assigned-partition.js';
import {
  createGroupReader,
  type GroupReader,
  type GroupReaderParts,
} from '../../../src/transport/kafka/group-reader.js';
import type { GroupReaderOptions } from '../../../src/transport/kafka/group-reader-options.js';

/** One record as `topic/partition@offset`, and its value. */
export interface ReadEntry {
  readonly place: string;
  readonly value: string;
}

/** A reader and a pipeline for each of its partitions, which takes what comes. */
export interface ReadGroup {
  readonly reader: GroupReader;
  /** In the order in which records were taken. */
  readonly entries: readonly ReadEntry[];
  /** Partitions as they were told, those that are gone included. */
  readonly told: readonly AssignedPartition[];
  /** What ended the reader, if anything. */
  readonly failure: unknown;
  readonly completed: boolean;
}

export interface ReadGroupParts extends GroupReaderParts {
  /** Where a partition begins; told whenever it is assigned. @default nothing is given */
  readonly from?: (partition: AssignedPartition) => ReadonlyMap<string, bigint>;
  /** Whether the partition is still its owner's to take from. @default it is */
  readonly owns?: (partition: AssignedPartition) => boolean;
  /** Called after records were taken, before more are. */
  readonly taken?: (partition: AssignedPartition, topic: string) => Promise<void> | void;
}

export async function readGroup(options: GroupReaderOptions, parts: ReadGroupParts = {}): Promise<ReadGroup> {
  const reader = await createGroupReader({ ...QUICK, ...options }, parts);
  const entries: ReadEntry[] = [];
  const told: AssignedPartition[] = [];
  const group = { reader, entries, told, failure: undefined as unknown, completed: false };
  const follow = async (partition: AssignedPartition): Promise<void> => {
    partition.start(parts.from?.(partition) ?? new Map());
    while (!partition.signal.aborted) {
      await partition.arrival(200);
      for (const topic of partition.waiting) {
        if (parts.owns?.(partition) === false) return;
        const records = partition.peek(topic, 100_000);
        for (let i = 0; i < records.length; i++) {
          const place = `${topic}/${partition.partition}@${records.offset(i)}`;
          entries.push({ place, value: String(records.value(i)) });
        }
        partition.take(topic, records.length);
        await parts.taken?.(partition, topic);
      }
    }
  };
  reader.partitions$.subscribe({
    next(partition) {
      told.push(partition);
      void follow(partition);
    },
    error(error) {
      group.failure = error;
    },
    complete() {
      group.completed = true;
    },
  });
  return group;
}

/** Groups of tests meet quickly. */
export const QUICK = { sessionTimeoutMs: 6000, heartbeatIntervalMs: 200, maxWaitMs: 100 };

/** Waits until something is so; the test's own time-out ends it otherwise. */
export async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await so())) await sleep(20);
}
