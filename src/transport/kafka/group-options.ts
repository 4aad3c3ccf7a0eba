import { SegtideError } from '../../errors.js';

/** A member of a consumer group. */
export interface GroupOptions {
  readonly groupId: string;
  /** Fails when no broker has answered anything for so long. In ms, at least `rebalanceTimeoutMs`. @default 120000 */
  readonly outageMs?: number;
  /** The group drops a member that was silent for so long. In ms. @default 30000 */
  readonly sessionTimeoutMs?: number;
  /** In ms, at most a third of `sessionTimeoutMs`. @default 3000 */
  readonly heartbeatIntervalMs?: number;
  /** How long the group waits for its members when it deals the partitions anew. In ms. @default 60000 */
  readonly rebalanceTimeoutMs?: number;
  /** How long a broker may wait for records before it answers a fetch. In ms. @default 200 */
  readonly maxWaitMs?: number;
  /**
   * Bytes of one answer of a broker to a request for records, about; at most half of what may be in flight. kafkajs
   * makes objects of all records of an answer at once: those of a small answer are gone before they cost anything, and
   * a large one spares round trips where brokers are far away. At least 16384. @default 2097152
   */
  readonly fetchBytes?: number;
  /** Zone or rack of this program: brokers with a replica there are read from. @default the leaders are read from */
  readonly rack?: string | undefined;
}

export interface GroupSettings {
  readonly groupId: string;
  readonly outageMs: number;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly maxWaitMs: number;
  readonly fetchBytes: number;
  readonly rack: string | undefined;
}

/** @throws SegtideError `config` with the option's name, what it got and what it may be */
export function resolveGroup(options: GroupOptions): GroupSettings {
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
    groupId: named('groupId', options.groupId),
    outageMs,
    sessionTimeoutMs,
    heartbeatIntervalMs,
    rebalanceTimeoutMs,
    maxWaitMs: atLeast(1, 'maxWaitMs', options.maxWaitMs ?? 200),
    fetchBytes: atLeast(16_384, 'fetchBytes', options.fetchBytes ?? 2_097_152),
    rack: options.rack,
  };
}

/** @throws SegtideError `config` where the value is no name */
export function named(option: string, value: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new SegtideError('config', `\`${option}\` must be a name; got ${JSON.stringify(value)}`);
  }
  return value;
}

/** @throws SegtideError `config` where the value is no whole number, or less than `least` */
export function atLeast(least: number, option: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new SegtideError('config', `\`${option}\` must be a whole number of at least ${least}; got ${value}`);
  }
  return value;
}
