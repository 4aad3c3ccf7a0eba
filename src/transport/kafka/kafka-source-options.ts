import { atLeast, type GroupOptions, type GroupSettings, named, resolveGroup } from './group-options.js';
import type { KafkaConnectionOptions } from './kafka-connection.js';

/** A consumer group that reads usage events from one topic. */
export interface KafkaSourceOptions extends KafkaConnectionOptions, GroupOptions {
  readonly topic: string;
  /**
   * Where partitions begin for which the group has committed no offset: at the oldest record, after the newest, or at the
   * first that is not older than a time, in epoch ms. @default 'earliest'
   */
  readonly startAt?: 'earliest' | 'latest' | number;
  /**
   * `verify` stops with an error where a record's key is not the mapped customer id: customers whose events are spread
   * over partitions would be read out of order. `trust` looks at no key. @default 'verify'
   */
  readonly keyed?: 'verify' | 'trust';
  /**
   * `pull` answers with an empty batch after so long without records, so that windows can close by wall clock.
   * In ms, 1 or more. @default 1000
   */
  readonly idleMs?: number;
  /** A partition without records for so long no longer holds the watermark back. In ms. @default 30000 */
  readonly partitionIdleMs?: number;
  /**
   * Event times further ahead of processing time than this don't move the clock that partitions share. In ms.
   * @default 3600000
   */
  readonly maxAheadMs?: number;
  /** Bytes of records fetched and not yet pulled, per broker. At least 65536. @default 16777216 */
  readonly maxBytesInFlight?: number;
  /** Bytes of records in one batch, about. At least 1. @default 1048576 */
  readonly maxBatchBytes?: number;
}

export interface KafkaSourceSettings extends GroupSettings {
  readonly topic: string;
  readonly startAt: 'earliest' | 'latest' | number;
  readonly keyed: 'verify' | 'trust';
  readonly idleMs: number;
  readonly partitionIdleMs: number;
  readonly maxAheadMs: number;
  readonly maxBytesInFlight: number;
  readonly maxBatchBytes: number;
}

/** @throws SegtideError `config` with the option's name, what it got and what it may be */
export function resolveKafkaSource(options: KafkaSourceOptions): KafkaSourceSettings {
  return {
    ...resolveGroup(options),
    topic: named('topic', options.topic),
    startAt: options.startAt ?? 'earliest',
    keyed: options.keyed ?? 'verify',
    idleMs: atLeast(1, 'idleMs', options.idleMs ?? 1000),
    partitionIdleMs: atLeast(1, 'partitionIdleMs', options.partitionIdleMs ?? 30_000),
    maxAheadMs: atLeast(0, 'maxAheadMs', options.maxAheadMs ?? 3_600_000),
    maxBytesInFlight: atLeast(65_536, 'maxBytesInFlight', options.maxBytesInFlight ?? 16_777_216),
    maxBatchBytes: atLeast(1, 'maxBatchBytes', options.maxBatchBytes ?? 1_048_576),
  };
}
