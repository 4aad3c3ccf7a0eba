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
  readonly clocks: Float64Array; // (topics)
}

const KIND = { name: 'state of a partition', format: 1 };

export function encodePartitionState(state: PartitionState): Uint8Array {
  return frameSnapshot(KIND, state);
}

/**
 * @param partition for the error
 * @throws SegtideError `state` where the state is of another format, of other settings, or of another number of
 * partitions
 */
export function decodePartitionState(
  bytes: Uint8Array,
  { identity, partitions }: Pick<PartitionState, 'identity' | 'partitions'>,
  partition: number,
): PartitionState {
  const state = unframeSnapshot(KIND, bytes) as PartitionState;
  const context = { context: { partition } };
  if (state.partitions !== partitions) {
    throw new SegtideError(
      'state',
      `the input has ${partitions} partitions, and had ${state.partitions} when the state of partition ${partition} was written: customers are dealt out otherwise now, and their open windows would be split. Begin anew with another consumer group, or set input.keyed to repartition, which keeps a number of its own`,
      context,
    );
  }
  if (state.identity !== identity) {
    throw new SegtideError(
      'state',
      `the state of partition ${partition} was shaped by other settings of input, window, series, encoder, cluster, model or drift; put them back, or begin anew with another consumer group`,
      context,
    );
  }
  return state;
}
