import { createRequire } from 'node:module';
import type { Batch, PartitionAssigner } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { readingColumns, recordsOf } from '../../../src/transport/kafka/fetch-answers.js';
import { encodeAnswer, encodeBatch, encodeMessageSet, type TestAnswer, type TestBatch } from './fetch-bytes.js';

const load = createRequire(import.meta.url);
const Broker = load('kafkajs/src/broker');
const KafkajsBatch = load('kafkajs/src/consumer/batch');
const fetchRequests = load('kafkajs/src/protocol/requests/fetch');

interface Exchange {
  readonly response: { decode(bytes: Buffer): Promise<object>; parse(answer: object): Promise<object> };
}

/** kafkajs's own view of a broker, whose connections are answered for here. */
function brokerOf(answer: () => Promise<Buffer>) {
  const send = async ({ response }: Exchange) => response.parse(await response.decode(await answer()));
  const logger = { namespace: () => logger };
  const broker = new Broker({ connectionPool: { send }, logger });
  broker.lookupRequest = () => fetchRequests.protocol({ version: 11 });
  return broker;
}

async function read(broker: object) {
  const answered: string[] = [];
  const cluster = { findBroker: async () => broker };
  const assigner: PartitionAssigner = () => ({}) as ReturnType<PartitionAssigner>;
  const reading = await readingColumns(assigner, (topic, partition) => answered.push(`${topic}/${partition}`));
  reading({ cluster } as unknown as Parameters<PartitionAssigner>[0]);
  /** Batches as a consumer is handed them, of all that was asked for. */
  const fetch = async (topics: readonly TestAnswer[], fetchOffset: string): Promise<Batch[]> => {
    const found = (await cluster.findBroker()) as { fetch(request: object): Promise<Fetched> };
    const asked = topics.map(({ topic, partition }) => ({
      topic,
      partitions: [{ partition, fetchOffset, maxBytes: 1 }],
    }));
    const { responses } = await found.fetch({ topics: asked });
    return responses.flatMap(({ topicName, partitions }) =>
      partitions.map((partition) => new KafkajsBatch(topicName, fetchOffset, partition)),
    );
  };
  return { answered, fetch };
}

interface Fetched {
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly object[] }[];
}

const BATCH = { lastOffsetDelta: 2, compression: 0, producerId: 1, isTransactional: true, isControl: false };
const record = (offsetDelta: number, value: string) => ({ offsetDelta, key: null, value: Buffer.from(value) });
const MARKER = { ...BATCH, lastOffsetDelta: 0, isControl: true };

async function answerOf(topic: string, ...batches: TestBatch[]): Promise<TestAnswer> {
  const recordSet = Buffer.concat(await Promise.all(batches.map(encodeBatch)));
  return { topic, partition: 3, aborted: [], recordSet };
}

function valuesOf(batch: Batch): string[] {
  return batch.isEmpty() ? [] : Array.from(recordsOf(batch), ({ offset, value }) => `${offset} ${value}`);
}

describe('answers to fetches', () => {
  it('come as one message of many records, from what was asked for to the end of the last batch', async () => {
    const answers = [
      await answerOf(
        'a',
        { ...BATCH, firstOffset: 10, records: [record(0, 'a'), record(1, 'b')] },
        { ...MARKER, firstOffset: 13, records: [{ ...record(0, ''), key: Buffer.from([0, 0, 0, 1]) }] },
      ),
      await answerOf('b'),
    ];
    const reader = await read(brokerOf(async () => encodeAnswer(11, answers)));
    const [a, b] = await reader.fetch(answers, '11');
    expect(valuesOf(a!)).toEqual(['11 b']);
    expect([a!.firstOffset(), a!.lastOffset(), a!.messages.length, a!.offsetLag()]).toEqual(['11', '13', 1, '986']);
    expect([b!.isEmpty(), b!.firstOffset()]).toEqual([true, null]);
    expect(reader.answered).toEqual(['a/3', 'b/3']);
  });

  it('are gone past where nothing is for readers: aborted, marks, or what compaction emptied', async () => {
    const answer = {
      ...(await answerOf(
        'a',
        { ...BATCH, firstOffset: 10, records: [record(0, 'a')] },
        { ...MARKER, firstOffset: 13, records: [{ ...record(0, ''), key: Buffer.alloc(4) }] },
        { ...BATCH, firstOffset: 14, records: [] },
      )),
      aborted: [{ producerId: 1, firstOffset: 10 }],
    };
    const reader = await read(brokerOf(async () => encodeAnswer(11, [answer])));
    const [batch] = await reader.fetch([answer], '10');
    // What kafkajs goes by to resolve the last offset and to tell of it.
    expect(batch).toMatchObject({ messages: [], rawMessages: [{}, {}] });
    expect([batch!.firstOffset(), batch!.lastOffset()]).toEqual(['10', '16']);
  });

  it('are read by kafkajs where they hold records in the format of Kafka 0.10, and only these', async () => {
    const entries = ['a', 'b', 'c'].map((value) => ({ key: 'k', value }));
    const old = { topic: 'old', partition: 3, aborted: [], recordSet: encodeMessageSet(10, entries) };
    const answers = [old, await answerOf('new', { ...BATCH, firstOffset: 10, records: [record(1, 'd')] })];
    const reader = await read(brokerOf(async () => encodeAnswer(11, answers)));
    const batches = await reader.fetch(answers, '11');
    expect(batches.map(valuesOf)).toEqual([['11 b', '12 c'], ['11 d']]);
    expect(batches.map((batch) => batch.lastOffset())).toEqual(['12', '12']);
  });

  it('are told once each, however often the broker was looked up and its connections were made', async () => {
    const answers = [await answerOf('a', { ...BATCH, firstOffset: 0, records: [record(0, 'a')] })];
    const broker = brokerOf(async () => encodeAnswer(11, answers));
    const reader = await read(broker);
    await reader.fetch(answers, '0');
    broker.connectionPool = brokerOf(async () => encodeAnswer(11, answers)).connectionPool;
    expect((await reader.fetch(answers, '0')).map(valuesOf)).toEqual([['0 a']]);
    expect(reader.answered).toEqual(['a/3', 'a/3']);
  });

  it('are none where the broker is away, or refuses', async () => {
    const away = await read(
      brokerOf(async () => {
        throw new Error('the connection is closed');
      }),
    );
    await expect(away.fetch([], '0')).rejects.toThrow('closed');
    const refused = [{ topic: 'a', partition: 3, errorCode: 1, aborted: [], recordSet: Buffer.alloc(0) }];
    const refusing = await read(brokerOf(async () => encodeAnswer(11, refused)));
    await expect(refusing.fetch(refused, '0')).rejects.toMatchObject({ name: 'KafkaJSOffsetOutOfRange' });
    expect([...away.answered, ...refusing.answered]).toEqual([]);
  });

  it('fail where a batch is damaged, by its place', async () => {
    const answer = await answerOf('a', { ...BATCH, firstOffset: 7, records: [record(0, 'a')] });
    answer.recordSet[61] = 0x7f;
    const reader = await read(brokerOf(async () => encodeAnswer(11, [answer])));
    const context = { topic: 'a', partition: 3, offset: 7n };
    await expect(reader.fetch([answer], '7')).rejects.toMatchObject({ code: 'input', retriable: false, context });
  });

  it('can be read with the kafkajs that segtide knows, and no other', async () => {
    const assigner = await readingColumns((() => ({})) as unknown as PartitionAssigner);
    const config = { cluster: {} } as unknown as Parameters<PartitionAssigner>[0];
    expect(() => assigner(config)).toThrow('use 2.2.4');
    const reader = await read({ fetch: async () => ({}) });
    await expect(reader.fetch([], '0')).rejects.toThrow('use 2.2.4');
  });
});
