import type { GroupReaderOptions } from '../../transport/kafka/group-reader-options.js';
import type { Config } from '../config/schema.js';

/** How members of groups behave, by `input.kafka` and `delivery`; all but who and what they are. */
export function groupSettings({
  input,
  delivery,
}: Pick<Config, 'input' | 'delivery'>): Omit<GroupReaderOptions, 'groupId' | 'topics' | 'startAt'> {
  const { fetchBytes, outOfRange, sessionTimeout } = input.kafka!;
  return {
    fetchBytes,
    outOfRange,
    sessionTimeoutMs: sessionTimeout,
    heartbeatIntervalMs: Math.max(1, Math.floor(Math.min(3000, sessionTimeout / 10))),
    outageMs: delivery.outage,
    stallMs: Math.max(delivery.stall, delivery.outage + 1000),
  };
}
