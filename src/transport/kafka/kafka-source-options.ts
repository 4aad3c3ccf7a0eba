import { SegtideError } from '../../errors.js';
import type { KafkaConnectionOptions } from './kafka-connection.js';

/** A consumer group that reads usage events from one topic. */
export interface KafkaSourceOptions extends KafkaConnectionOptions {
  readonly topic: string;
  readonly groupId: string;
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
  /** `pull` fails when no broker has answered anything for so long. In ms, at least `rebalanceTimeoutMs`. @default 120000 */
  readonly outageMs?: number;
  /** Bytes of records fetched and not yet pulled, per broker. At least 65536. @default 16777216 */
  readonly maxBytesInFlight?: number;
  /** Bytes of records in one batch, about. At least 1. @default 1048576 */
  readonly maxBatchBytes?: number;
  /** The group drops a member that was silent for so long. In ms. @default 30000 */
  readonly sessionTimeoutMs?: number;
  /** In ms, at most a third of `sessionTimeoutMs`. @default 3000 */
  readonly heartbeatIntervalMs?: number;
  /** How long the group waits for a member that still has to commit. In ms. @default 60000 */
  readonly rebalanceTimeoutMs?: number;
  /** How long a broker may wait for records before it answers a fetch. In ms. @default 200 */
  readonly maxWaitMs?: number;
}

export interface KafkaSourceSettings {
  readonly topic: string;
  readonly groupId: string;
  readonly startAt: 'earliest' | 'latest' | number;
  readonly keyed: 'verify' | 'trust';
  readonly idleMs: number;
  readonly partitionIdleMs: number;
  readonly maxAheadMs: number;
  readonly outageMs: number;
  readonly maxBytesInFlight: number;
  readonly maxBatchBytes: number;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly maxWaitMs: number;
  readonly rack: string | undefined;
}

/** @throws SegtideError `config` with the option's name, what it got and what it may be */
export function resolveKafkaSource(options: KafkaSourceOptions): KafkaSourceSettings {
  const heartbeatIntervalMs = atLeast(1, 'heartbeatIntervalMs', options.heartbeatIntervalMs ?? 3000);
  const sessionTimeoutMs = atLeast(1, 'sessionTimeoutMs', options.sessionTimeoutMs ?? 30_000);
  const rebalanceTimeoutMs = atLeast(1, 'rebalanceTimeoutMs', options.rebalanceTimeoutMs ?? 60_000);
  const outageMs = atLeast(1, 'outageMs', options.outageMs ?? Math.max(120_000, rebalanceTimeoutMs));
  if (heartbeatIntervalMs * 3 > sessionTimeoutMs) {
    throw new SegtideError(
      'config',
      `\`heartbeatIntervalMs\` must be at most a third of \`sessionTimeoutMs\`, else one lost heartbeat ends the session; got ${heartbeatIntervalMs} and ${sessionTimeoutMs}`,
    );
  }
  if (outageMs < rebalanceTimeoutMs) {
    throw new SegtideError(
      'config',
      `\`outageMs\` must be at least \`rebalanceTimeoutMs\`, for a broker is silent while it waits for the group; got ${outageMs} and ${rebalanceTimeoutMs}`,
    );
  }
  return {
    topic: named('topic', options.topic),
    groupId: named('groupId', options.groupId),
    startAt: options.startAt ?? 'earliest',
    keyed: options.keyed ?? 'verify',
    idleMs: atLeast(1, 'idleMs', options.idleMs ?? 1000),
    partitionIdleMs: atLeast(1, 'partitionIdleMs', options.partitionIdleMs ?? 30_000),
    maxAheadMs: atLeast(0, 'maxAheadMs', options.maxAheadMs ?? 3_600_000),
    outageMs,
    maxBytesInFlight: atLeast(65_536, 'maxBytesInFlight', options.maxBytesInFlight ?? 16_777_216),
    maxBatchBytes: atLeast(1, 'maxBatchBytes', options.maxBatchBytes ?? 1_048_576),
    sessionTimeoutMs,
    heartbeatIntervalMs,
    rebalanceTimeoutMs,
    rack: options.rack,
    maxWaitMs: atLeast(1, 'maxWaitMs', options.maxWaitMs ?? 200),
  };
}

function named(option: string, value: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new SegtideError('config', `\`${option}\` must be a name; got ${JSON.stringify(value)}`);
  }
  return value;
}

function atLeast(least: number, option: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new SegtideError('config', `\`${option}\` must be a whole number of at least ${least}; got ${value}`);
  }
  return value;
}
