import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import { createTopicReader, type TopicReader } from '../../src/transport/kafka/topic-reader.js';
import { startBroker } from '../support/kafka/start.js';
import { openTestKafka } from '../support/kafka/state-place.js';
import { createTestTopic, type TestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');

async function openReader(topics: readonly TestTopic[]): Promise<TopicReader> {
  const names = topics.map(({ topic }) => topic);
  return createTopicReader(topics[0]!.kafka, { groupId: names[0]!, topics: names, newId: randomUUID });
}

/** So many values of a partition, from an offset on. */
async function read(reader: TopicReader, { topic }: TestTopic, partition: number, count: number, from?: bigint) {
  const values: string[] = [];
  await reader.read(topic, partition, from, (records) => {
    values.push(...Array.from(records, ({ value }) => String(value)));
    return values.length >= count;
  });
  return values;
}

const numbered = (count: number, partition: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ key: 'k', value: `${partition}:${from + i}`, partition }));
const values = (count: number, partition: number, from = 0) =>
  numbered(count, partition, from).map(({ value }) => value);

describe('topic reader', () => {
  it('reads several partitions of several topics at once, each from where it is asked to', async () => {
    const [a, b] = [await createTestTopic(brokers, 3), await createTestTopic(brokers, 2)];
    await a.produce([0, 1, 2].flatMap((partition) => numbered(500, partition)));
    await b.produce([0, 1].flatMap((partition) => numbered(500, partition)));
    const reader = await openReader([a, b]);
    const all = await Promise.all([
      read(reader, a, 0, 500),
      read(reader, a, 2, 100, 400n),
      read(reader, b, 1, 500, 0n),
    ]);
    expect(all).toEqual([values(500, 0), values(100, 2, 400), values(500, 1)]);
    // And the same again, as often as one likes.
    expect(await read(reader, a, 0, 100, 400n)).toEqual(values(100, 0, 400));
    expect(await read(reader, a, 0, 500)).toEqual(values(500, 0));
    await reader.close();
  });

  it('waits for the first record of an empty partition, and goes on with what comes later', async () => {
    const topic = await createTestTopic(brokers, 1);
    const reader = await openReader([topic]);
    const reading = read(reader, topic, 0, 20);
    await sleep(300);
    await topic.produce(numbered(10, 0));
    await sleep(300);
    await topic.produce(numbered(10, 0, 10));
    expect(await reading).toEqual(values(20, 0));
    await reader.close();
  });

  it('sees what is committed, and nothing of what was aborted, past any number of markers', async () => {
    const topic = await createTestTopic(brokers, 1);
    const producer = topic.kafka.producer({ transactionalId: topic.topic, maxInFlightRequests: 1 });
    await producer.connect();
    const transact = async (from: number, end: 'commit' | 'abort') => {
      const transaction = await producer.transaction();
      await transaction.send({ topic: topic.topic, messages: numbered(2, 0, from) });
      await transaction[end]();
    };
    for (let i = 0; i < 5; i++) await transact(2 * i, i % 2 === 0 ? 'commit' : 'abort');
    const reader = await openReader([topic]);
    expect(await read(reader, topic, 0, 6)).toEqual(['0:0', '0:1', '0:4', '0:5', '0:8', '0:9']);
    const tail = read(reader, topic, 0, 1, 14n); // the last marker
    await transact(10, 'abort');
    await transact(12, 'commit');
    expect(await tail).toEqual(['0:12', '0:13']);
    await producer.disconnect();
    await reader.close();
  });

  it('begins with the oldest record that is left, and commits no offset', async () => {
    const topic = await createTestTopic(brokers, 1);
    await topic.produce(numbered(100, 0));
    const admin = topic.kafka.admin();
    await admin.connect();
    await admin.fetchTopicOffsets(topic.topic);
    await admin.deleteTopicRecords({ topic: topic.topic, partitions: [{ partition: 0, offset: '60' }] });
    const reader = await openReader([topic]);
    expect(await read(reader, topic, 0, 40, 10n)).toEqual(values(40, 0, 60));
    expect(await read(reader, topic, 0, 40)).toEqual(values(40, 0, 60));
    const { groups } = await admin.listGroups();
    const own = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(`${topic.topic}-reader-`));
    expect(own).toHaveLength(1);
    const [offsets] = await admin.fetchOffsets({ groupId: own[0]!, topics: [topic.topic] });
    expect(offsets!.partitions).toMatchObject([{ offset: '-1' }]);
    await reader.close();
    await admin.disconnect();
  });

  it('ends when it is told to, and reads the same partition again then', async () => {
    const topic = await createTestTopic(brokers, 1);
    const reader = await openReader([topic]);
    const stop = new AbortController();
    const reading = reader.read(topic.topic, 0, undefined, () => false, stop.signal);
    await expect(read(reader, topic, 0, 1)).rejects.toMatchObject({ code: 'config' });
    stop.abort();
    await reading;
    await reader.read(topic.topic, 0, undefined, () => false, AbortSignal.abort());
    await topic.produce(numbered(1, 0));
    expect(await read(reader, topic, 0, 1)).toEqual(['0:0']);
    await expect(
      reader.read(topic.topic, 0, undefined, () => {
        throw new Error('enough');
      }),
    ).rejects.toThrow('enough');
    const left = expect(read(reader, topic, 0, 2)).rejects.toMatchObject({ code: 'transport' });
    await reader.close();
    await left;
    await expect(read(reader, topic, 0, 1)).rejects.toMatchObject({ code: 'transport' });
  });

  it('tells at once of a topic that does not exist', async () => {
    const topic = await createTestTopic(brokers, 1);
    const missing = createTopicReader(topic.kafka, { groupId: 'g', topics: ['no-such-topic'], newId: randomUUID });
    await expect(missing).rejects.toMatchObject({
      code: 'input',
      message: expect.stringMatching(/^the topic no-such-topic does not exist/),
    });
    const reader = await openReader([topic]);
    await expect(reader.read('another', 0, undefined, () => true)).rejects.toMatchObject({ code: 'config' });
    await reader.close();
  });

  it('goes on where it was when the broker was killed in between', async () => {
    const broker = await startBroker();
    try {
      const topic = await createTestTopic(broker.brokers, 2);
      const kafka = openTestKafka(broker.brokers);
      const reader = await createTopicReader(kafka, { groupId: 'r', topics: [topic.topic], newId: randomUUID });
      await topic.produce(numbered(50, 0));
      const reading = read(reader, topic, 0, 150);
      await sleep(500);
      for (let kill = 0; kill < 2; kill++) {
        await broker.kill();
        await broker.start();
        await topic.produce(numbered(50, 0, 50 + 50 * kill));
      }
      expect(await reading).toEqual(values(150, 0));
      await reader.close();
    } finally {
      await broker.remove();
    }
  });
});
