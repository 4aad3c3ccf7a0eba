import type { PartitionAssigner } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { watchFetchAnswers } from '../../../src/transport/kafka/fetch-answers.js';

/** As much of kafkajs's view of a cluster as the watch leans on. */
function clusterOf(answer: () => Promise<object>) {
  const broker = { fetch: answer };
  return { findBroker: async () => broker };
}

function watch(cluster: object): string[] {
  const answered: string[] = [];
  const assigner: PartitionAssigner = () => ({}) as ReturnType<PartitionAssigner>;
  watchFetchAnswers(assigner, (topic, partition) => answered.push(`${topic}/${partition}`))({
    cluster,
  } as Parameters<PartitionAssigner>[0]);
  return answered;
}

const ANSWER = {
  responses: [
    { topicName: 'a', partitions: [0, 3].map((partition) => ({ partition, messages: [] })) },
    { topicName: 'b', partitions: [{ partition: 3, messages: [] }] },
  ],
};

describe('answers to fetches', () => {
  it('are told by partition, once each, however often the broker was looked up', async () => {
    const cluster = clusterOf(async () => ANSWER);
    const answered = watch(cluster);
    await cluster.findBroker();
    const broker = await cluster.findBroker();
    expect(await broker.fetch()).toBe(ANSWER);
    expect(answered).toEqual(['a/0', 'a/3', 'b/3']);
  });

  it('are none where the broker is away', async () => {
    const cluster = clusterOf(async () => {
      throw new Error('the connection is closed');
    });
    const answered = watch(cluster);
    const broker = await cluster.findBroker();
    await expect(broker.fetch()).rejects.toThrow('closed');
    expect(answered).toEqual([]);
  });

  it('can be watched with the kafkajs that segtide knows, and no other', () => {
    expect(() => watch({})).toThrow('use 2.2.4');
  });
});
