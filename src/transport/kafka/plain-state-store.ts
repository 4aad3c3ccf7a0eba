import type { Kafka } from 'kafkajs';
import { type ClaimedStoreOptions, createClaimedStore } from './claimed-store.js';
import type { Compression } from './codecs/register-codecs.js';
import { openPlainWriter } from './plain-writer.js';
import { READ_WAITS } from './state-partition.js';
import type { StateStore } from './state-store.js';
import { createTrim } from './trim.js';

export interface PlainStateStoreOptions extends ClaimedStoreOptions {
  /** Commits next offsets of the input partition, by topic; called last, and not for a former owner. */
  readonly commitOffsets: (offsets: ReadonlyMap<string, bigint>) => Promise<void>;
  /** Of outputs and state. @default 'none' */
  readonly compression?: Compression;
  /** Told when records that a checkpoint made needless could not be removed; they only take room. @default nobody is told */
  readonly onTrimFailed?: (error: Error) => void;
}

/**
 * State, outputs and offsets of one input partition without transactions: outputs first, then state, then offsets. What
 * a crash interrupts is published again by the next owner: at least once.
 *
 * A former owner can't be kept from publishing one more commit. It then sees the new owner's claim before its own log
 * entry, and fails as fenced before it commits offsets; what it wrote to the state topic is void for everybody.
 */
export function createPlainStateStore(kafka: Kafka, options: PlainStateStoreOptions): StateStore {
  const { stateTopic, statePartition, compression = 'none', onTrimFailed = () => {}, commitOffsets } = options;
  return createClaimedStore(options, {
    openWriter: () => openPlainWriter(kafka, { stateTopic, statePartition, compression }),
    commitOffsets: async (offsets) => {
      if (offsets.size > 0) await commitOffsets(offsets);
    },
    dense: true,
    waits: READ_WAITS,
    trim: createTrim(kafka, stateTopic, statePartition, onTrimFailed),
  });
}
