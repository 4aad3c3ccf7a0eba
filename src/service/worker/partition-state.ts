import { SegtideError } from '../../errors.js';
import { frameSnapshot, unframeSnapshot } from '../../numeric/framed-snapshot.js';
import type { WindowerSnapshot } from '../../window/windower-snapshot.js';
import type { PagesSnapshot } from '../../worker/pages.js';
import type { PublisherSnapshot } from '../../worker/publisher.js';

/** All that a worker knows of a partition. */
export interface PartitionState {
  /** Hash of the settings that shaped it. */
  readonly identity: string;
  /** Partitions of each input topic. */
  readonly partitions: number;
  /** Offset of the next record, by topic. */
  readonly offsets: Readonly<Record<string, string>>;
  /** Number of the next lesson for the trainer. */
  readonly lessons: number;
  readonly windower: WindowerSnapshot;
  readonly pages: PagesSnapshot;
  readonly publisher: PublisherSnapshot;
  /** Newest event time, by usage topic. */
  readonly clocks: Readonly<Record<string, number>>;
}

const KIND = { name: 'state of a partition', format: 2 };

export function encodePartitionState(state: PartitionState): Uint8Array {
  return frameSnapshot(KIND, state);
}

/** @throws SegtideError `state` where the state is damaged or of another format */
export function decodePartitionState(bytes: Uint8Array): PartitionState {
  return unframeSnapshot(KIND, bytes) as PartitionState;
}

/**
 * Refuses what was stored under other settings or for another number of partitions: a checkpoint, or an entry of the log.
 *
 * @param partition for the error
 * @throws SegtideError `state` that says what to do
 */
export function refuseOther(
  stored: Pick<PartitionState, 'identity' | 'partitions'>,
  { identity, partitions }: Pick<PartitionState, 'identity' | 'partitions'>,
  partition: number,
): void {
  const context = { context: { partition } };
  if (stored.partitions !== partitions) {
    throw new SegtideError(
      'state',
      `the input has ${partitions} partitions, and had ${stored.partitions} when the state of partition ${partition} was written: customers are dealt out otherwise now, and their open windows would be split. Begin anew with another consumer group and another output.topicPrefix, or set input.keyed to repartition, which keeps a number of its own`,
      context,
    );
  }
  if (stored.identity !== identity) {
    throw new SegtideError(
      'state',
      `the state of partition ${partition} was shaped by other settings of input, window or series; put them back, or begin anew with another consumer group and another output.topicPrefix`,
      context,
    );
  }
}
