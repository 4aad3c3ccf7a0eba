import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import avro from 'avsc';
import { describe, expect, inject, it } from 'vitest';
import { LATE } from '../../src/publish/output.js';
import { createKafkaProducer } from '../../src/transport/kafka/kafka-producer.js';
import { createKafkaSink } from '../../src/transport/kafka/kafka-sink.js';
import type { LateEvent } from '../../src/window/window-batch.js';
import { startBroker } from '../support/kafka/start.js';
import { createTestTopic } from '../support/kafka/topic.js';
import { openUsageSource, pullRecords, upTo, usageRecords } from '../support/kafka/usage.js';

const brokers = inject('brokers');
const late = (row: number): LateEvent => ({
  customerId: `c${row % 7}`,
  eventTime: 1,
  values: [row],
  watermark: 2,
  source: 's',
  row,
  offset: row,
});
const rowOf = (value: Buffer | null) => JSON.parse(String(value)).row as number;

describe('delivery', () => {
  it('repeats, and never loses, what a crash interrupts before its commit', async () => {
    const from = await createTestTopic(brokers, 2);
    const to = await createTestTopic(brokers, 1);
    const count = 6000;
    await from.produce(usageRecords(count));
    const script = path.resolve('test/support/kafka/copy-usage.ts');
    let copied = 0;
    for (let kills = 0; copied < count; ) {
      const child = spawn(process.execPath, ['--import', 'tsx', script, brokers.join(), from.topic, to.topic], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      // Killed in the middle of its work, twice; then it may finish.
      let left = kills < 2 ? 1 + 3 * kills : Number.POSITIVE_INFINITY;
      for await (const lines of child.stdout) {
        for (const line of String(lines).trim().split('\n')) {
          copied += Number(line);
          left--;
        }
        if (left <= 0 || copied >= count) break;
      }
      child.kill('SIGKILL');
      await exited;
      kills++;
    }
    const { high } = (await describeEnd(to))!;
    const rows = (await to.read(high)).map((record) => rowOf(record.value));
    expect(rows.length).toBeGreaterThanOrEqual(count);
    expect([...new Set(rows)].sort((a, b) => a - b)).toEqual(upTo(count));
  });

  it('means by a flush that every record is acknowledged, keyed and in order', async () => {
    const topic = await createTestTopic(brokers, 3);
    const producer = await createKafkaProducer({ brokers });
    const sink = await createKafkaSink(producer, { topic: topic.topic, output: LATE, maxRequestBytes: 2000 });
    await sink.write(upTo(500).map(late));
    await sink.flush();
    const records = await topic.read(500);
    expect(records.map((record) => rowOf(record.value)).sort((a, b) => a - b)).toEqual(upTo(500));
    for (const key of new Set(records.map((record) => record.key))) {
      const ofKey = records.filter((record) => record.key === key);
      expect(new Set(ofKey.map((record) => record.partition)).size).toBe(1);
      const rows = ofKey.map((record) => rowOf(record.value));
      expect(rows).toEqual([...rows].sort((a, b) => a - b));
    }
    await sink.close();
    await producer.close();
  });

  it('writes Avro that a reader with the schema reads', async () => {
    const topic = await createTestTopic(brokers);
    const producer = await createKafkaProducer({ brokers, compression: 'gzip' });
    const sink = await createKafkaSink(producer, { topic: topic.topic, output: LATE, encoding: 'avro' });
    await sink.write([late(3)]);
    await sink.close();
    await producer.close();
    const [record] = await topic.read(1);
    const type = avro.Type.forSchema(LATE.schema as unknown as avro.Schema);
    expect({ ...type.fromBuffer(record!.value!.subarray(10)) }).toEqual(late(3));
  });

  it('tells of a topic that takes no records, and keeps them', async () => {
    const producer = await createKafkaProducer({ brokers });
    const sink = await createKafkaSink(producer, { topic: 'no-such-topic', output: LATE });
    await sink.write([late(1)]);
    await expect(sink.flush()).rejects.toMatchObject({
      code: 'output',
      message: expect.stringMatching(/^the topic no-such-topic does not exist/),
      context: { topic: 'no-such-topic' },
    });
    await producer.close();
  });

  it('survives a broker that is killed and comes back: nothing is lost on either side', async () => {
    const broker = await startBroker();
    try {
      const topic = await createTestTopic(broker.brokers);
      const producer = await createKafkaProducer({ brokers: broker.brokers });
      const out = await createTestTopic(broker.brokers);
      const sink = await createKafkaSink(producer, { topic: out.topic, output: LATE });
      const source = await openUsageSource({
        brokers: broker.brokers,
        topic: topic.topic,
        groupId: 'g',
        // A consumer that kafkajs starts anew waits for the end of its own old session.
        sessionTimeoutMs: 6000,
        heartbeatIntervalMs: 500,
      });
      await topic.produce(usageRecords(100));
      await pullRecords(source, 100);
      await sink.write(upTo(100).map(late));
      await sink.flush();
      await source.commit();
      await broker.kill();
      await sink.write([late(100)]);
      await Promise.all([sink.flush(), broker.start()]);
      await topic.produce(usageRecords(100, 100));
      expect((await pullRecords(source, 100)).values).toEqual(upTo(200).slice(100));
      const rows = new Set((await out.read(101)).map((record) => rowOf(record.value)));
      expect(rows.size).toBe(101);
      await source.close();
      await producer.close();
    } finally {
      await broker.remove();
    }
  });

  it('fails, rather than wait for ever, when no broker answers any more', async () => {
    const broker = await startBroker();
    try {
      const topic = await createTestTopic(broker.brokers);
      const quick = { sessionTimeoutMs: 6000, heartbeatIntervalMs: 500, rebalanceTimeoutMs: 1500, outageMs: 1500 };
      const source = await openUsageSource({ brokers: broker.brokers, topic: topic.topic, groupId: 'g', ...quick });
      await source.pull();
      await broker.kill();
      const untilItFails = async () => {
        for (;;) await source.pull();
      };
      await expect(untilItFails()).rejects.toMatchObject({ code: 'transport', retriable: true });
      await source.close().catch(() => {});
    } finally {
      await broker.remove();
    }
  });
});

async function describeEnd(topic: Awaited<ReturnType<typeof createTestTopic>>) {
  const admin = topic.kafka.admin();
  await admin.connect();
  const [range] = await admin.fetchTopicOffsets(topic.topic);
  await admin.disconnect();
  return range && { high: Number(range.high) };
}
