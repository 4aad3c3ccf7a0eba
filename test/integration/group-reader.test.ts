import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import type { AssignedPartition } from '../../src/transport/kafka/assigned-partition.js';
import { createGroupReader } from '../../src/transport/kafka/group-reader.js';
import { QUICK, type ReadEntry, type ReadGroupParts, readGroup, until } from '../support/kafka/read-group.js';
import { startBroker } from '../support/kafka/start.js';
import { createTestTopic, type TestTopic } from '../support/kafka/topic.js';
import { upTo, usageRecords } from '../support/kafka/usage.js';

const brokers = inject('brokers');

async function usageTopic(partitions: number) {
  const topic = await createTestTopic(brokers, partitions);
  return { topic, of: { brokers, topics: [topic.topic], groupId: `${topic.topic}-group` } };
}

const numbers = (entries: readonly ReadEntry[]) =>
  entries.map(({ value }) => JSON.parse(value).v as number).sort((a, b) => a - b);

/** Records of a partition without a customer, `size` bytes each. */
const filler = (count: number, size: number, partition: number) =>
  Array.from({ length: count }, (_, i) => ({ partition, value: `${i}`.padEnd(size) }));

describe('group reader', () => {
  it('hands over every record once, in the order of its partition, and commits nothing', async () => {
    const { topic, of } = await usageTopic(4);
    await topic.produce(usageRecords(20_000));
    const group = await readGroup({ ...of, maxBytesInFlight: 200_000 });
    await until(() => group.entries.length >= 20_000);
    expect(numbers(group.entries)).toEqual(upTo(20_000));
    for (const partition of upTo(4)) {
      const offsets = group.entries.flatMap(({ place }) => {
        const [of, offset] = place.split('@');
        return of === `${topic.topic}/${partition}` ? [Number(offset)] : [];
      });
      expect(offsets).toEqual(upTo(offsets.length));
    }
    expect(group.reader.assigned()).toEqual([0, 1, 2, 3]);
    await group.reader.close();
    expect(group.completed).toBe(true);
    expect(group.told.every(({ signal }) => signal.aborted)).toBe(true);
    expect(Object.values(await topic.committed(of.groupId)).every((offset) => offset < 0)).toBe(true);
  });

  it('reads the same partition of several topics as one', async () => {
    const { topic: first } = await usageTopic(3);
    const { topic: second, of } = await usageTopic(3);
    await first.produce(filler(2, 10, 1));
    await second.produce(filler(3, 10, 1));
    const group = await readGroup({ ...of, topics: new RegExp(`^(${first.topic}|${second.topic})$`) });
    await until(() => group.entries.length >= 5);
    expect(group.told.map(({ partition }) => partition)).toEqual([0, 1, 2]);
    const { topics } = group.told[1]!;
    expect([...topics]).toEqual([first.topic, second.topic].sort());
    expect(group.told[1]!.next(first.topic)).toBe(2n);
    expect(group.told[1]!.next(second.topic)).toBe(3n);
    await group.reader.close();
  });

  it('refuses topics of different partition counts, and names them', async () => {
    const { topic: first } = await usageTopic(8);
    const { topic: second, of } = await usageTopic(12);
    const opening = createGroupReader({ ...of, topics: [first.topic, second.topic] });
    await expect(opening).rejects.toMatchObject({ code: 'config' });
    await expect(opening).rejects.toThrow(new RegExp(`${first.topic} has 8, ${second.topic} has 12.*repartition`));
    await expect(createGroupReader({ ...of, topics: /^no-such/ })).rejects.toMatchObject({ code: 'config' });
    await expect(createGroupReader({ ...of, topics: ['no-such'] })).rejects.toMatchObject({ code: 'input' });
  });

  it('shares partitions with a second member, gets them back, and nothing is read twice or lost', async () => {
    const { topic, of } = await usageTopic(8);
    // In place of a store of state: where the last owner was, and the end of whoever had the partition before.
    const handed = new Map<number, bigint>();
    const owners = new Map<number, AssignedPartition>();
    const parts: ReadGroupParts = {
      from(partition) {
        owners.set(partition.partition, partition);
        return new Map([[topic.topic, handed.get(partition.partition) ?? 0n]]);
      },
      owns: (partition) => owners.get(partition.partition) === partition,
      taken(partition) {
        handed.set(partition.partition, partition.next(topic.topic)!);
      },
    };
    const producing = new AbortController();
    let produced = 0;
    const produce = (async () => {
      while (!producing.signal.aborted) {
        await topic.produce(usageRecords(500, produced));
        produced += 500;
      }
    })();
    const first = await readGroup(of, parts);
    await until(() => first.entries.length > 500);
    const second = await readGroup(of, parts);
    await until(() => second.entries.length > 500);
    expect(first.reader.assigned().length).toBe(4);
    expect([...first.reader.assigned(), ...second.reader.assigned()].sort()).toEqual(upTo(8));
    // Four were taken away, the others never stopped.
    expect(first.told.filter(({ signal }) => signal.aborted).length).toBe(4);
    expect(first.told.length).toBe(8);
    await second.reader.close();
    await until(() => first.reader.assigned().length === 8);
    expect(first.told.length).toBe(12);
    producing.abort();
    await produce;
    await until(() => first.entries.length + second.entries.length >= produced);
    await sleep(300);
    expect(numbers([...first.entries, ...second.entries])).toEqual(upTo(produced));
    await first.reader.close();
  });

  it('bounds what waits of a partition that is slow, while the others go on', async () => {
    const { topic, of } = await usageTopic(4);
    for (let i = 0; i < 32; i++) await topic.produce(filler(500, 1000, i % 4));
    const maxBytesInFlight = 1_000_000;
    const reader = await createGroupReader({ ...QUICK, ...of, maxBytesInFlight });
    const taken = [0, 0, 0, 0];
    const takeAll = (partition: AssignedPartition): number => {
      let count = 0;
      while (partition.waiting.length > 0) {
        const records = partition.peek(topic.topic, 50_000);
        partition.take(topic.topic, records.length);
        count += records.length;
      }
      taken[partition.partition]! += count;
      return count;
    };
    let slow: AssignedPartition | undefined;
    reader.partitions$.subscribe(async (partition) => {
      partition.start(new Map());
      if (partition.partition === 0) slow = partition;
      else while (!partition.signal.aborted) if (await partition.arrival(100)) takeAll(partition);
    });
    await until(() => taken.slice(1).every((count) => count === 4000));
    // All that waited can be taken at once, and nothing arrives meanwhile.
    const waited = takeAll(slow!) * 1100;
    expect(waited).toBeGreaterThan(maxBytesInFlight / 8);
    expect(waited).toBeLessThan(maxBytesInFlight);
    // It gets the rest as soon as it wants it.
    while (taken[0]! < 4000) if (await slow!.arrival(100)) takeAll(slow!);
    expect(taken).toEqual([4000, 4000, 4000, 4000]);
    await reader.close();
  });

  it('passes over the markers of transactions, also where nothing else comes', async () => {
    const { topic, of } = await usageTopic(1);
    const producer = topic.kafka.producer({
      transactionalId: `${topic.topic}-tx`,
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    const send = async (value: string, end: 'commit' | 'abort') => {
      const transaction = await producer.transaction();
      await transaction.send({ topic: topic.topic, messages: [{ value }] });
      await transaction[end]();
    };
    await send('a', 'commit');
    const group = await readGroup(of);
    const next = (offset: bigint) => until(() => group.told[0]?.next(topic.topic) === offset);
    // A record and a marker of each; of those that are aborted nothing is handed over.
    await next(2n);
    await send('b', 'abort');
    await send('c', 'abort');
    await next(6n);
    await send('d', 'commit');
    await next(8n);
    expect(group.entries.map(({ place }) => place)).toEqual([`${topic.topic}/0@0`, `${topic.topic}/0@6`]);
    await producer.disconnect();
    await group.reader.close();
  });

  it('commits where it is told to, and goes on there', async () => {
    const { topic, of } = await usageTopic(2);
    await topic.produce(usageRecords(1000));
    const first = await readGroup(of);
    await until(() => first.entries.length >= 1000);
    for (const partition of first.told)
      await first.reader.commit(partition, new Map([[topic.topic, partition.next(topic.topic)!]]));
    await first.reader.close();
    await expect(first.reader.commit(first.told[0]!, new Map([[topic.topic, 0n]]))).rejects.toMatchObject({
      code: 'fenced',
    });
    await topic.produce(usageRecords(1000, 1000));
    const second = await readGroup(of);
    await until(() => second.entries.length >= 1000);
    expect(numbers(second.entries)).toEqual(upTo(2000).slice(1000));
    await second.reader.close();
  });

  it('begins with what is new, and loses nothing of that by a crash before the first commit', async () => {
    const { topic, of } = await usageTopic(2);
    await topic.produce(usageRecords(100));
    const first = await readGroup({ ...of, startAt: 'latest' });
    await until(async () => Object.values(await topic.committed(of.groupId)).every((offset) => offset >= 0));
    await first.reader.close();
    await topic.produce(usageRecords(100, 100));
    const second = await readGroup({ ...of, startAt: 'latest' });
    await until(() => second.entries.length >= 100);
    expect(numbers(second.entries)).toEqual(upTo(200).slice(100));
    await second.reader.close();
  });

  it('begins at a time', async () => {
    const { topic, of } = await usageTopic(2);
    const at = (hour: number, from: number) =>
      usageRecords(100, from).map((record) => ({ ...record, timestamp: String(Date.UTC(2026, 0, 1, hour)) }));
    await topic.produce(at(1, 0));
    await topic.produce(at(3, 100));
    const group = await readGroup({ ...of, startAt: Date.UTC(2026, 0, 1, 2) });
    await until(() => group.entries.length >= 100);
    expect(numbers(group.entries)).toEqual(upTo(200).slice(100));
    await group.reader.close();
  });

  describe('where retention has removed what comes next', () => {
    async function trimmed() {
      const { topic, of } = await usageTopic(2);
      await topic.produce(filler(100, 10, 0));
      await topic.produce(filler(5, 10, 1));
      await trim(topic, 0, 40);
      const from = ({ partition }: { partition: number }) => new Map([[topic.topic, partition === 0 ? 10n : 2n]]);
      return { topic, of, from };
    }

    it('fails, says what was lost, and leaves what the group has committed', async () => {
      const { topic, of, from } = await trimmed();
      const before = await readGroup(of, { from: () => new Map([[topic.topic, 0n]]) });
      await until(() => before.failure !== undefined);
      const group = await readGroup(of, { from });
      await until(() => group.failure !== undefined);
      expect(group.failure).toMatchObject({
        code: 'state',
        context: { topic: topic.topic, partition: 0, offset: 10n },
      });
      expect(String(group.failure)).toMatch(/offsets 10 to 39/);
      expect(group.told.every(({ signal }) => signal.reason === group.failure)).toBe(true);
      expect(await topic.committed(of.groupId)).toEqual({ 0: -1, 1: -1 });
      await group.reader.close();
    });

    it.each([
      ['earliest', 40n, 60],
      ['latest', 100n, 0],
    ] as const)('goes on at the %s where that is wanted, and tells', async (outOfRange, to, rest) => {
      const { topic, of, from } = await trimmed();
      const lost: unknown[] = [];
      const group = await readGroup({ ...of, outOfRange }, { from, onLost: (range) => lost.push(range) });
      await until(() => group.told[0]?.next(topic.topic) === 100n && group.told[1]?.next(topic.topic) === 5n);
      expect(lost).toEqual([{ topic: topic.topic, partition: 0, from: 10n, to }]);
      expect(group.entries.length).toBe(rest + 3);
      expect(await topic.committed(of.groupId)).toEqual({ 0: -1, 1: -1 });
      await group.reader.close();
    });
  });

  it('tells a member that has no partition, until another leaves it one', async () => {
    const { of } = await usageTopic(1);
    let idle = 0;
    const active = await readGroup(of, { onIdle: () => idle++ });
    await until(() => active.told.length === 1);
    expect(idle).toBe(0);
    let standing = 0;
    const standby = await readGroup(of, { onIdle: () => standing++ });
    await until(() => standing > 0);
    expect(standby.told).toEqual([]);
    await active.reader.close();
    await until(() => standby.told.length === 1);
    await standby.reader.close();
  });

  it('ends when a topic gets more partitions, and when the pattern finds another one', async () => {
    const { topic, of } = await usageTopic(2);
    const grown = await readGroup({ ...of, topicsEveryMs: 200 });
    const pattern = await readGroup({ ...of, groupId: 'p', topics: new RegExp(`^${topic.topic}`), topicsEveryMs: 200 });
    const admin = topic.kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: `${topic.topic}-more`, numPartitions: 2 }] });
    await until(() => pattern.failure !== undefined);
    expect(pattern.failure).toMatchObject({ code: 'transport', retriable: true });
    await admin.createPartitions({ topicPartitions: [{ topic: topic.topic, count: 4 }] });
    await until(() => grown.failure !== undefined);
    expect(String(grown.failure)).toMatch(/had 2 partitions and now 4/);
    await admin.disconnect();
  });

  it('tells its partitions anew when the group had dropped it, for another member may have had them', async () => {
    const { topic, of } = await usageTopic(2);
    const group = await readGroup({ ...of, sessionTimeoutMs: 1500 });
    await until(() => group.told.length === 2);
    // Hangs for longer than its session lasts.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4000);
    await until(() => group.told.length === 4);
    expect(group.told.map(({ signal }) => signal.aborted)).toEqual([true, true, false, false]);
    expect(group.told[0]!.signal.reason).toMatchObject({ code: 'fenced' });
    await topic.produce(usageRecords(100));
    await until(() => group.entries.length >= 100);
    expect(numbers(group.entries)).toEqual(upTo(100));
    await group.reader.close();
  });

  it('ends when its consumer stops for good, as in a group that shares partitions in another way', async () => {
    const { topic, of } = await usageTopic(2);
    const other = topic.kafka.consumer({ groupId: of.groupId });
    await other.connect();
    await other.subscribe({ topics: of.topics });
    await other.run({ autoCommit: false, eachBatch: async () => {} });
    const group = await readGroup(of);
    await until(() => group.failure !== undefined);
    expect(group.failure).toMatchObject({ code: 'transport', retriable: false });
    await other.disconnect();
    await group.reader.close();
  });

  it('ends when records wait and nothing is taken any more', async () => {
    const { topic, of } = await usageTopic(2);
    await topic.produce(usageRecords(100));
    const quick = { rebalanceTimeoutMs: 500, outageMs: 1000, stallMs: 1500 };
    const group = await readGroup({ ...of, ...quick }, { taken: () => new Promise(() => {}) });
    await until(() => group.entries.length > 0);
    await topic.produce(usageRecords(100));
    await until(() => group.failure !== undefined);
    expect(String(group.failure)).toMatch(/stalled/);
  });
});

describe('group reader on a broker of its own', () => {
  it('survives that the broker is killed and comes back', async () => {
    const broker = await startBroker();
    try {
      const topic = await createTestTopic(broker.brokers, 4);
      await topic.produce(usageRecords(500));
      const group = await readGroup({ brokers: broker.brokers, topics: [topic.topic], groupId: 'g' });
      await until(() => group.entries.length >= 500);
      await broker.kill();
      await sleep(1000);
      await broker.start();
      await topic.produce(usageRecords(500, 500));
      await until(() => group.entries.length >= 1000);
      expect(group.failure).toBeUndefined();
      expect(new Set(numbers(group.entries)).size).toBe(1000);
      await group.reader.close();
    } finally {
      await broker.remove();
    }
  });

  it('fails, rather than wait for ever, when no broker answers any more', async () => {
    const broker = await startBroker();
    try {
      const topic = await createTestTopic(broker.brokers);
      const quick = { rebalanceTimeoutMs: 1500, outageMs: 5000 };
      const group = await readGroup({ brokers: broker.brokers, topics: [topic.topic], groupId: 'g', ...quick });
      // Reading has begun: a broker that dies before that is another matter.
      await topic.produce([{ key: 'a', value: '1' }]);
      await until(() => group.entries.length === 1);
      await broker.kill();
      await until(() => group.failure !== undefined);
      expect(group.failure).toMatchObject({ code: 'transport', retriable: true });
      expect(group.told[0]!.signal.aborted).toBe(true);
      await group.reader.close();
    } finally {
      await broker.remove();
    }
  });
});

async function trim(topic: TestTopic, partition: number, low: number): Promise<void> {
  const admin = topic.kafka.admin();
  await admin.connect();
  await admin.fetchTopicOffsets(topic.topic); // else it knows no leader
  await admin.deleteTopicRecords({ topic: topic.topic, partitions: [{ partition, offset: String(low) }] });
  await admin.disconnect();
}
