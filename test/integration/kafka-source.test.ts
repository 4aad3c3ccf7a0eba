import avro from 'avsc';
import { describe, expect, inject, it } from 'vitest';
import { createAvroValues } from '../../src/transport/kafka/avro-values.js';
import { createKafkaSource, type KafkaSource } from '../../src/transport/kafka/kafka-source.js';
import { createTestTopic } from '../support/kafka/topic.js';
import {
  openUsageSource,
  pullRecords,
  USAGE_BEGIN,
  USAGE_MAPPING,
  upTo,
  usageRecords,
} from '../support/kafka/usage.js';

const brokers = inject('brokers');

async function usageTopic(partitions: number) {
  const topic = await createTestTopic(brokers, partitions);
  return { topic, of: { brokers, topic: topic.topic, groupId: `${topic.topic}-group` } };
}

describe('Kafka source', () => {
  it('counts every usage event on the topic once when nothing fails', async () => {
    const { topic, of } = await usageTopic(4);
    await topic.produce(usageRecords(20_000));
    const source = await openUsageSource({ ...of, maxBytesInFlight: 200_000, maxBatchBytes: 50_000 });
    const { values } = await pullRecords(source, 20_000);
    expect(values).toEqual(upTo(20_000));
    expect((await source.pull())!.length).toBe(0);
    await source.commit();
    await source.close();
    expect(await source.pull()).toBeUndefined();
    const committed = Object.values(await topic.committed(of.groupId));
    expect(committed.reduce((a, b) => a + b)).toBe(20_000);
  });

  it('goes on after the last commit, and repeats what came later', async () => {
    const { topic, of } = await usageTopic(1);
    await topic.produce(usageRecords(100));
    const first = await openUsageSource(of);
    await pullRecords(first, 100);
    await first.commit();
    await topic.produce(usageRecords(100, 100));
    await pullRecords(first, 100);
    await first.close();
    const second = await openUsageSource(of);
    expect((await pullRecords(second, 100)).values).toEqual(upTo(200).slice(100));
    await second.close();
  });

  it('goes on where a checkpoint says, whatever the group has committed', async () => {
    const { topic, of } = await usageTopic(2);
    await topic.produce(usageRecords(200));
    const first = await openUsageSource({ ...of, maxBatchBytes: 2000 });
    const before = await pullRecords(first, 60);
    const position = first.position();
    const rest = await pullRecords(first, 200 - before.values.length);
    await first.commit();
    await first.close();
    const second = await openUsageSource(of, position);
    expect((await pullRecords(second, rest.values.length)).values).toEqual(rest.values);
    await second.close();
  });

  it('turns an unreadable record into a dead letter with its offset, and the run goes on', async () => {
    const { topic, of } = await usageTopic(1);
    const [first, second] = usageRecords(2);
    await topic.produce([first!, { key: 'x', value: '{"id": nonsense' }, { key: 'x', value: null }, second!]);
    const source = await openUsageSource(of);
    const { values, deadLetters } = await pullRecords(source, 4);
    expect(values).toEqual([0, 1]);
    expect(deadLetters).toMatchObject([
      { reason: 'unreadable', source: `${topic.topic}/0`, offset: 1, row: 2, truncated: false },
      { reason: 'unreadable', source: `${topic.topic}/0`, offset: 2, row: 3 },
    ]);
    expect(Buffer.from(deadLetters[0]!.bytes).toString()).toBe('{"id": nonsense');
    await source.close();
  });

  it('reads Avro records', async () => {
    const { topic, of } = await usageTopic(1);
    const schema: avro.Schema = {
      type: 'record',
      name: 'Usage',
      fields: [
        { name: 'id', type: 'string' },
        { name: 't', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'v', type: 'double' },
      ],
    };
    const type = avro.Type.forSchema(schema);
    const avroRecords = upTo(1000).map((v) => ({ key: 'a', value: type.toBuffer({ id: 'a', t: USAGE_BEGIN + v, v }) }));
    await topic.produce([...avroRecords, { key: 'a', value: 'not Avro' }]);
    const values = await createAvroValues(USAGE_MAPPING, { schema });
    const source = await createKafkaSource(of, { values, clock: { now: () => Date.now() } });
    const pulled = await pullRecords(source, 1001);
    expect(pulled.values).toEqual(upTo(1000));
    expect(pulled.deadLetters).toMatchObject([{ reason: 'unreadable', offset: 1000 }]);
    await source.close();
  });

  it('hands over nothing on an idle topic but empty batches, so that windows can close', async () => {
    const { topic, of } = await usageTopic(2);
    const source = await openUsageSource(of);
    for (let i = 0; i < 3; i++) expect((await source.pull())!.length).toBe(0);
    await topic.produce(usageRecords(10));
    expect((await pullRecords(source, 10)).values).toEqual(upTo(10));
    await source.close();
  });

  it('lets the watermark follow the partition that is furthest behind, and not wait for an empty one', async () => {
    const { topic, of } = await usageTopic(3);
    await topic.produce(usageRecords(2000).map((record, i) => ({ ...record, partition: i % 2 })));
    const source = await openUsageSource({ ...of, keyed: 'trust', partitionIdleMs: 800, maxBatchBytes: 20_000 });
    const { values } = await pullRecords(source, 2000);
    expect(values).toEqual(upTo(2000));
    // By now partition 2 has been empty for long enough.
    for (let i = 0; i < 4; i++) expect((await source.pull())!.length).toBe(0);
    await topic.produce([{ ...usageRecords(1, 5000)[0]!, partition: 0 }]);
    let batch = await source.pull();
    while (batch!.length === 0) batch = await source.pull();
    // Partition 1 is idle as well: what partition 0 says goes.
    expect(batch!.clockTimes![0]).toBe(USAGE_BEGIN + 5_000_000);
    await source.close();
  });

  it('stops where a record is not keyed by its customer', async () => {
    const { topic, of } = await usageTopic(2);
    await topic.produce([{ ...usageRecords(1)[0]!, key: 'someone-else' }]);
    const source = await openUsageSource(of);
    await expect(pullRecords(source, 1)).rejects.toMatchObject({ code: 'input', context: { topic: topic.topic } });
    await source.close();
  });

  it('reads on where it was when another member joins, and hands over what it loses', async () => {
    const { topic, of } = await usageTopic(2);
    const quick = { ...of, sessionTimeoutMs: 6000, heartbeatIntervalMs: 200, maxBatchBytes: 2000 };
    await topic.produce(usageRecords(1000));
    const first = await openUsageSource(quick);
    const before = await pullRecords(first, 1000);
    expect(before.values).toEqual(upTo(1000));
    await first.commit();
    const second = await openUsageSource(quick);
    const seen: number[] = [];
    const drain = async (source: typeof first) => {
      const batch = (await source.pull())!;
      seen.push(...batch.values.subarray(0, batch.length));
      if (source.wantsCommit) await source.commit();
    };
    while (first.assigned().length !== 1 || second.assigned().length !== 1)
      await Promise.all([drain(first), drain(second)]);
    const revoked = first.takeRevoked();
    expect(revoked).toHaveLength(1);
    expect([...first.assigned(), ...revoked].sort()).toEqual([`${topic.topic}/0`, `${topic.topic}/1`]);
    await topic.produce(usageRecords(1000, 1000));
    while (seen.length < 1000) await Promise.all([drain(first), drain(second)]);
    expect(seen.sort((a, b) => a - b)).toEqual(upTo(2000).slice(1000));
    await Promise.all([first.close(), second.close()]);
  });

  it('drains and commits before the group takes partitions away from a busy member', async () => {
    const { topic, of } = await usageTopic(2);
    const busy = {
      ...of,
      sessionTimeoutMs: 6000,
      heartbeatIntervalMs: 100,
      maxBytesInFlight: 65_536,
      maxBatchBytes: 4000,
    };
    await topic.produce(usageRecords(5000));
    const seen: number[] = [];
    let commits = 0;
    const pullAll = async (source: KafkaSource) => {
      while (seen.length < 5000) {
        const batch = (await source.pull())!;
        seen.push(...batch.values.subarray(0, batch.length));
        // A pipeline that is slow, so that fetched records wait.
        await new Promise((resolve) => setTimeout(resolve, 10));
        if (!source.wantsCommit) continue;
        commits++;
        await source.commit();
      }
      return source;
    };
    const pulling = pullAll(await openUsageSource(busy));
    const second = await openUsageSource(busy);
    const sources = await Promise.all([pulling, pullAll(second)]);
    expect(commits).toBeGreaterThan(0);
    expect(seen.sort((a, b) => a - b)).toEqual(upTo(5000));
    await Promise.all(sources.map((source) => source.close()));
  });

  it('names a topic that does not exist', async () => {
    const options = { brokers, topic: 'no-such-topic', groupId: 'any' };
    await expect(openUsageSource(options)).rejects.toThrow(/no-such-topic does not exist/);
  });
});
