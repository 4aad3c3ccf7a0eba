import { resolveIngest } from '../../../src/ingest/ingest-settings.js';
import type { SourcePosition } from '../../../src/ports.js';
import { createJsonValues } from '../../../src/transport/kafka/json-values.js';
import { createKafkaSource, type KafkaSource } from '../../../src/transport/kafka/kafka-source.js';
import type { KafkaSourceOptions } from '../../../src/transport/kafka/kafka-source-options.js';

/** How the usage events of these tests are mapped. */
export const USAGE_MAPPING = resolveIngest({
  fields: { customer: 'id', time: 't' },
  channels: [{ name: 'use', field: 'v' }],
  time: { unit: 'ms' },
});

export const USAGE_BEGIN = Date.UTC(2026, 0, 1);

/** Usage events of fifty customers, one a second; the value of each is its number. */
export function usageRecords(count: number, from = 0): { key: string; value: string }[] {
  return Array.from({ length: count }, (_, i) => {
    const v = from + i;
    const id = `c${v % 50}`;
    return { key: id, value: JSON.stringify({ id, t: USAGE_BEGIN + v * 1000, v }) };
  });
}

export function openUsageSource(
  options: Pick<KafkaSourceOptions, 'brokers' | 'topic' | 'groupId'> & Partial<KafkaSourceOptions>,
  from?: SourcePosition,
): Promise<KafkaSource> {
  const parts = { values: createJsonValues(USAGE_MAPPING), clock: { now: () => Date.now() } };
  return createKafkaSource({ idleMs: 300, ...options }, from === undefined ? parts : { ...parts, from });
}

/** Pulls until so many records came, dead letters included, or the source ended. */
export async function pullRecords(source: KafkaSource, count: number) {
  const values: number[] = [];
  const deadLetters = [];
  while (values.length + deadLetters.length < count) {
    const batch = await source.pull();
    if (batch === undefined) break;
    values.push(...batch.values.subarray(0, batch.length));
    deadLetters.push(...batch.deadLetters);
  }
  return { values: values.sort((a, b) => a - b), deadLetters };
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
