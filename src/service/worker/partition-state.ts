import { SegtideError } from '../../errors.js';
import type { SnapshotValue } from '../../numeric/snapshot-encoding.js';
import { frameSnapshot, unframeSnapshot } from '../../numeric/snapshot-frame.js';
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
  /** Lessons sent to the trainer. */
  readonly lessons: number;
  readonly windower: WindowerSnapshot;
  readonly pages: PagesSnapshot;
  readonly publisher: PublisherSnapshot;
  readonly clocks: Float64Array; // (topics)
}

const FORMAT = 1;

export function encodePartitionState(state: PartitionState): Uint8Array<ArrayBuffer> {
  return frameSnapshot({ format: FORMAT, ...state } as unknown as SnapshotValue);
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
  const { format, ...state } = unframeSnapshot(bytes) as unknown as PartitionState & { readonly format: number };
  const context = { context: { partition } };
  if (format !== FORMAT) {
    throw new SegtideError(
      'state',
      `the state of partition ${partition} has format ${format}, this version reads ${FORMAT}; use the version that wrote it, or begin anew with another consumer group`,
      context,
    );
  }
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
