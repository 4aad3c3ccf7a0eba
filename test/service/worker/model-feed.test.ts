import type { KafkaMessage } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { SegtideError } from '../../../src/errors.js';
import { createModelFeed, type ModelFeedOptions } from '../../../src/service/worker/model-feed.js';
import type { ModelRecord } from '../../../src/train/model-record.js';
import { type ModelTopicRecord, toModelTopicRecords } from '../../../src/train/model-topic.js';
import { toFetchedRecords } from '../../../src/transport/kafka/fetched-records.js';
import type { TopicReader } from '../../../src/transport/kafka/topic-reader.js';
import { clusterModelOf } from '../../cluster/embeddings.js';
import { modelRecordOf } from '../../support/artifact-of.js';

const ONE = toModelTopicRecords(modelRecordOf('v1'));
const TWO = toModelTopicRecords(modelRecordOf('v2', 'v1'));
const EPOCH = toModelTopicRecords({
  kind: 'centroids',
  cluster: clusterModelOf([[2], [3]], { modelVersion: 'v2', centroidEpoch: 4 }),
});

/** A topic of one partition in memory, which its reader is told of record by record. */
function topicOf(...records: readonly ModelTopicRecord[]) {
  const log: KafkaMessage[] = [];
  let tell: (() => void) | undefined;
  let fail: (error: unknown) => void = () => undefined;
  const append = (more: readonly ModelTopicRecord[]): void => {
    for (const { key, value } of more) {
      const at = { offset: String(log.length), timestamp: '0', attributes: 0, headers: {} };
      log.push({ key: Buffer.from(key), value, ...at } as KafkaMessage);
    }
    tell?.();
  };
  const reader: TopicReader = {
    read: (_topic, _partition, from, take, signal) =>
      new Promise((resolve, reject) => {
        let next = Number(from ?? 0n);
        fail = reject;
        tell = () => {
          while (next < log.length) if (take(toFetchedRecords([log[next]!]), BigInt(++next))) resolve();
        };
        signal?.addEventListener('abort', () => resolve());
        setTimeout(tell);
      }),
    close: async () => undefined,
  };
  append(records);
  return { reader, append, log, fail: (error: unknown) => fail(error) };
}

async function feedOf(topic: ReturnType<typeof topicOf>, options: Partial<ModelFeedOptions> = {}) {
  const problems: string[] = [];
  const changes: string[][] = [];
  const feed = await createModelFeed({
    reader: topic.reader,
    topic: 'models',
    last: topic.log.length === 0 ? undefined : BigInt(topic.log.length - 1),
    model: { seriesHash: 'abc' },
    onProblem: ({ modelVersion, why }) => problems.push(`${modelVersion}: ${why}`),
    onChange: (models) => changes.push(models.map(inShort)),
    patienceMs: 60_000,
    ...options,
  });
  return { ...feed, problems, changes };
}

const inShort = (record: ModelRecord): string =>
  record.kind === 'model' ? record.modelVersion : `epoch ${record.cluster.centroidEpoch}`;

describe('a model feed', () => {
  it('is ready once the topic was read to where it ended, and has its models then', async () => {
    const feed = await feedOf(topicOf(...ONE, ...TWO, ...EPOCH));
    expect(feed.current().map(inShort)).toEqual(['v1', 'v2', 'epoch 4']);
    await feed.close();
    await feed.ended;
  });

  it('is ready without a model where there was none, and tells of the first that comes', async () => {
    const topic = topicOf();
    const feed = await feedOf(topic);
    expect(feed.current()).toEqual([]);
    topic.append(ONE);
    expect(feed.changes).toEqual([['v1']]);
    topic.append([...TWO, ...EPOCH]);
    expect(feed.changes.slice(1)).toEqual([
      ['v1', 'v2'],
      ['v1', 'v2', 'epoch 4'],
    ]);
    await feed.close();
  });

  it('is ready after a while without a record where the last ones are of an aborted transaction', async () => {
    const feed = await feedOf(topicOf(...ONE), { last: 99n, patienceMs: 500 });
    expect(feed.current().map(inShort)).toEqual(['v1']);
    await feed.close();
  });

  it('serves on with what it has where a model can not be used, and says so', async () => {
    const other = toModelTopicRecords({ ...modelRecordOf('v3'), artifact: modelRecordOf('v3').artifact.slice(0, -1) });
    const feed = await feedOf(topicOf(...ONE, ...TWO.slice(1), ...other));
    expect(feed.current().map(inShort)).toEqual(['v1']);
    expect(feed.problems).toEqual([
      'v2: chunk 0 of its 1 is missing',
      expect.stringMatching(/^v3: The model can't be read/),
    ]);
    await feed.close();
  });

  it('refuses to begin where all models were fitted under other settings, and passes over one that comes later', async () => {
    const other = { model: { seriesHash: 'other' } };
    await expect(feedOf(topicOf(...ONE, ...TWO), other)).rejects.toMatchObject({
      code: 'state',
      message: expect.stringMatching(/^models holds v2, fitted under other settings .* put them back/),
    });
    const topic = topicOf();
    const feed = await feedOf(topic, other);
    topic.append(ONE);
    expect(feed.current()).toEqual([]);
    expect(feed.problems).toEqual([expect.stringMatching(/^v1: .*other settings/)]);
    await feed.close();
  });

  it('begins without a model where the only one is damaged: another may follow', async () => {
    const feed = await feedOf(topicOf(...TWO.slice(1)));
    expect(feed.current()).toEqual([]);
    await feed.close();
  });

  it('fails where the topic can not be read any more', async () => {
    const topic = topicOf(...ONE);
    const feed = await feedOf(topic);
    topic.fail(new SegtideError('transport', 'gone'));
    await expect(feed.ended).rejects.toMatchObject({ code: 'transport' });
    const waiting = feedOf(topic, { last: 99n });
    topic.fail(new SegtideError('transport', 'gone'));
    await expect(waiting).rejects.toMatchObject({ code: 'transport' });
  });
});
