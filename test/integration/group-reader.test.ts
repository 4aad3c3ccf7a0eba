import { describe, expect, inject, it } from 'vitest';
import { readGroup, until } from '../support/kafka/read-group.js';
import { createTestTopic } from '../support/kafka/topic.js';
import { upTo, usageRecords } from '../support/kafka/usage.js';

const brokers = inject('brokers');

async function usageTopic(partitions: number) {
  const topic = await createTestTopic(brokers, partitions);
  return { topic, of: { brokers, topics: [topic.topic], groupId: `${topic.topic}-group` } };
}

const numbers = (entries: readonly { readonly value: string }[]) =>
  entries.map(({ value }) => JSON.parse(value).v as number).sort((a, b) => a - b);

describe('group reader', () => {
  it('hands over every record once, in the order of its partition, and commits nothing', async () => {
    const { topic, of } = await usageTopic(4);
    await topic.produce(usageRecords(20_000));
    const group = await readGroup({ ...of, maxBytesInFlight: 200_000 });
    await until(() => group.entries.length >= 20_000);
    expect(numbers(group.entries)).toEqual(upTo(20_000));
    expect(group.reader.assigned()).toEqual([0, 1, 2, 3]);
    await group.reader.close();
    expect(group.completed).toBe(true);
    expect(group.told.every(({ signal }) => signal.aborted)).toBe(true);
    expect(Object.values(await topic.committed(of.groupId))).toEqual([-1, -1, -1, -1]);
  });
});
