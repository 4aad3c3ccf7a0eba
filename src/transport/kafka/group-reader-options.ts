import { SegtideError } from '../../errors.js';
import { atLeast, type GroupOptions, type GroupSettings, resolveGroup } from './group-options.js';
import type { KafkaConnectionOptions } from './kafka-connection.js';

/** A member of a consumer group that reads co-partitioned topics, partition by partition. */
export interface GroupReaderOptions extends KafkaConnectionOptions, GroupOptions {
  /** Names of topics with as many partitions as each other, or a pattern of their names. A pattern finds no `__` topics. */
  readonly topics: readonly string[] | RegExp;
  /**
   * Topics and their partition counts are looked at so often; a change ends the reader with an error that says so.
   * In ms. @default 60000
   */
  readonly topicsEveryMs?: number;
  /**
   * Where a topic's partition begins for which neither its owner nor the group knows an offset; a number is epoch ms.
   * What `latest` or a time comes to is committed before the first record is read. @default 'earliest'
   */
  readonly startAt?: 'earliest' | 'latest' | number;
  /**
   * Where to go on when retention has removed the records that come next. `fail` ends the reader with an error that
   * says which were lost. @default 'fail'
   */
  readonly outOfRange?: 'fail' | 'earliest' | 'latest';
  /**
   * Fails when records of a started partition wait for so long while none of its records is taken: a pipeline that
   * hangs must not keep its place in the group. In ms, more than `outageMs`, for an owner that waits for a broker to
   * come back is no hang. @default 300000
   */
  readonly stallMs?: number;
  /**
   * Bytes of records fetched and not yet taken, of all partitions, per broker: half may wait, half be under way. At
   * least 131072. @default 16777216
   */
  readonly maxBytesInFlight?: number;
}

export interface GroupReaderSettings extends GroupSettings {
  readonly topics: readonly string[] | RegExp;
  readonly topicsEveryMs: number;
  readonly startAt: 'earliest' | 'latest' | number;
  readonly outOfRange: 'fail' | 'earliest' | 'latest';
  readonly stallMs: number;
  readonly maxBytesInFlight: number;
}

/** @throws SegtideError `config` with the option's name, what it got and what it may be */
export function resolveGroupReader(options: GroupReaderOptions): GroupReaderSettings {
  const group = resolveGroup(options);
  const stallMs = atLeast(1, 'stallMs', options.stallMs ?? Math.max(300_000, 2 * group.outageMs));
  if (stallMs <= group.outageMs) {
    throw new SegtideError(
      'config',
      `\`stallMs\` must be more than \`outageMs\`, else an owner that waits for a broker would look as if it hung; got ${stallMs} and ${group.outageMs}`,
    );
  }
  return {
    ...group,
    topics: topicNames(options.topics),
    topicsEveryMs: atLeast(1, 'topicsEveryMs', options.topicsEveryMs ?? 60_000),
    startAt: startAt(options.startAt ?? 'earliest'),
    outOfRange: oneOf(['fail', 'earliest', 'latest'], 'outOfRange', options.outOfRange ?? 'fail'),
    stallMs,
    maxBytesInFlight: atLeast(131_072, 'maxBytesInFlight', options.maxBytesInFlight ?? 16_777_216),
  };
}

function topicNames(topics: readonly string[] | RegExp): readonly string[] | RegExp {
  // With g or y a pattern would go on where it last matched.
  if (topics instanceof RegExp) return new RegExp(topics.source, topics.flags.replace(/[gy]/g, ''));
  const names = Array.isArray(topics) ? [...new Set<string>(topics)] : [];
  if (names.length === 0 || !names.every((name) => typeof name === 'string' && name !== '')) {
    throw new SegtideError(
      'config',
      `\`topics\` must be names of topics, at least one, or a pattern; got ${JSON.stringify(topics)}`,
    );
  }
  return names;
}

function startAt(at: 'earliest' | 'latest' | number): 'earliest' | 'latest' | number {
  if (typeof at === 'number') return atLeast(0, 'startAt', at);
  return oneOf<'earliest' | 'latest'>(['earliest', 'latest'], 'startAt', at, ' or a time in epoch ms');
}

function oneOf<T extends string>(names: readonly T[], option: string, value: T, also = ''): T {
  if (!names.includes(value)) {
    throw new SegtideError(
      'config',
      `\`${option}\` must be one of ${names.join(', ')}${also}; got ${JSON.stringify(value)}`,
    );
  }
  return value;
}
