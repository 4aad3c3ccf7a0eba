import { describe, expect, inject, it } from 'vitest';
import { resolveIngest } from '../../src/ingest/ingest-settings.js';
import type { SourcePosition } from '../../src/ports.js';
import { createJsonValues } from '../../src/transport/kafka/json-values.js';
import { createKafkaSource, type KafkaSource } from '../../src/transport/kafka/kafka-source.js';
import type { KafkaSourceOptions } from '../../src/transport/kafka/kafka-source-options.js';
import { createTestTopic, type TestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');
const settings = resolveIngest({
  fields: { customer: 'id', time: 't' },
  channels: [{ name: 'use', field: 'v' }],
  time: { unit: 'ms' },
});
const T0 = Date.UTC(2026, 0, 1);

const openSource = (topic: TestTopic, options: Partial<KafkaSourceOptions> = {}, from?: SourcePosition) =>
  createKafkaSource(
    { brokers, topic: topic.topic, groupId: `${topic.topic}-group`, idleMs: 300, ...options },
    { values: createJsonValues(settings), clock: { now: () => Date.now() }, ...(from && { from }) },
  );

const usage = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({
    key: `c${(from + i) % 50}`,
    value: JSON.stringify({ id: `c${(from + i) % 50}`, t: T0 + (from + i) * 1000, v: from + i }),
  }));

/** Pulls until so many records came, dead letters included. */
async function pullRecords(source: KafkaSource, count: number) {
  const values: number[] = [];
  const deadLetters = [];
  let batches = 0;
  while (values.length + deadLetters.length < count) {
    const batch = await source.pull();
    if (batch === undefined) break;
    batches++;
    values.push(...batch.values.subarray(0, batch.length));
    deadLetters.push(...batch.deadLetters);
  }
  return { values, deadLetters, batches };
}

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('Kafka source', () => {
  it('counts every usage event on the topic once when nothing fails', async () => {
    const topic = await createTestTopic(brokers, 4);
    await topic.produce(usage(20_000));
    const source = await openSource(topic, { maxBytesInFlight: 200_000, maxBatchBytes: 50_000 });
    const { values } = await pullRecords(source, 20_000);
    expect(sorted(values)).toEqual(upTo(20_000));
    expect((await source.pull())!.length).toBe(0);
    await source.commit();
    await source.close();
    expect(await source.pull()).toBeUndefined();
    const committed = Object.values(await topic.committed(`${topic.topic}-group`));
    expect(committed.reduce((a, b) => a + b)).toBe(20_000);
  });

  it('hands over nothing on an idle topic but empty batches, so that windows can close', async () => {
    const topic = await createTestTopic(brokers, 2);
    const source = await openSource(topic);
    for (let i = 0; i < 3; i++) expect((await source.pull())!.length).toBe(0);
    await topic.produce(usage(10));
    const { values } = await pullRecords(source, 10);
    expect(sorted(values)).toEqual(upTo(10));
    await source.close();
  });
});
