import type { Kafka } from 'kafkajs';
import { type ClaimedStoreOptions, createClaimedStore } from './claimed-store.js';
import type { Compression } from './codecs/register-codecs.js';
import { READ_WAITS } from './state-partition.js';
import type { StateStore } from './state-store.js';
import { openTransactionalWriter } from './transactional-writer.js';
import { createTrim } from './trim.js';

export interface StateStoreOptions extends ClaimedStoreOptions {
  /** One for each input partition, the same for each of its owners. */
  readonly transactionalId: string;
  /** Consumer group of the input, for its offsets. */
  readonly groupId: string;
  /** Partition of the input, for its offsets. */
  readonly partition: number;
  /** Of outputs and state. @default 'none' */
  readonly compression?: Compression;
  /** Told when records that a checkpoint made needless could not be removed; they only take room. @default nobody is told */
  readonly onTrimFailed?: (error: Error) => void;
}

/**
 * State, outputs and offsets of one input partition, committed in one Kafka transaction: exactly once for readers of
 * committed records.
 *
 * A reply that is lost is noticed after the `requestTimeout` of the Kafka client, 30 s by kafkajs's default.
 */
export function createStateStore(kafka: Kafka, options: StateStoreOptions): StateStore {
  const { stateTopic, statePartition, compression = 'none', onTrimFailed = () => {} } = options;
  return createClaimedStore(options, {
    openWriter: () => openTransactionalWriter(kafka, { ...options, compression }),
    dense: false,
    waits: READ_WAITS,
    trim: createTrim(kafka, stateTopic, statePartition, onTrimFailed),
  });
}
