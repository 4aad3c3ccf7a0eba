import { randomUUID } from 'node:crypto';
import zlib from 'node:zlib';
import { expect, inject, it } from 'vitest';
import { openKafka } from '../../src/transport/kafka/kafka-connection.js';
import { createKafkaProducer } from '../../src/transport/kafka/kafka-producer.js';
import { createTopicReader } from '../../src/transport/kafka/topic-reader.js';
import { ensureTopics } from '../../src/transport/kafka/topics.js';
import { openTestTopic } from '../support/kafka/topic.js';

const brokers = inject('brokers');

const hasZstd = 'zstdCompress' in zlib;
const COMPRESSIONS = ['gzip', 'snappy', 'lz4', ...(hasZstd ? (['zstd'] as const) : [])] as const;

/** Several blocks of each format: some bytes that repeat, as JSON does, and some that don't. */
const records = Array.from({ length: 3000 }, (_, i) => ({
  key: `c${i % 50}`,
  value: JSON.stringify({ customer: `c${i % 50}`, time: 1_700_000_000_000 + i * 997, noise: Math.sin(i) }),
}));

/** A topic whose records the broker stores compressed so, whatever they come as: it does so as the Java clients do. */
async function newTopic(compression: string, as: string) {
  const topic = `compressed-${compression}-as-${as}`;
  await ensureTopics(await openKafka({ brokers }), [{ topic, partitions: 1, settings: { 'compression.type': as } }]);
  return openTestTopic(brokers, topic);
}

it.each(COMPRESSIONS)('reads what Java has compressed by %s', async (compression) => {
  const topic = await newTopic('none', compression);
  await topic.produce(records);
  const { kafka, topic: name } = topic;
  const reader = await createTopicReader(kafka, { groupId: name, topics: [name], newId: randomUUID });
  const read: { key: string; value: string }[] = [];
  await reader.read(name, 0, undefined, (some) => {
    for (const { key, value } of some) read.push({ key: String(key), value: String(value) });
    return read.length >= records.length;
  });
  await reader.close();
  expect(read).toEqual(records);
});

it.each(COMPRESSIONS)('compresses by %s what Java reads', async (compression) => {
  // The broker must decompress it to store it otherwise.
  const topic = await newTopic(compression, 'uncompressed');
  const producer = await createKafkaProducer({ brokers, compression });
  await producer.send(topic.topic, records);
  await producer.close();
  const read = await topic.read(records.length);
  expect(read.map(({ key, value }) => ({ key, value: String(value) }))).toEqual(records);
});

it.runIf(!hasZstd)('says which Node it takes to read and write zstd', async () => {
  await expect(createKafkaProducer({ brokers, compression: 'zstd' })).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining('Node 22.15'),
  });
});
