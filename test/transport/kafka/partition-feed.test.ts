import { describe, expect, it } from 'vitest';
import { createPartitionFeed, type PartitionFeedListener } from '../../../src/transport/kafka/partition-feed.js';
import { createRecordQueue } from '../../../src/transport/kafka/record-queue.js';
import { fetchedRecords, offsetsOf } from './kafka-records.js';

function feedOf(topics = ['usage'], isHeld: PartitionFeedListener['isHeld'] = () => false) {
  const queue = createRecordQueue<string>();
  return { queue, feed: createPartitionFeed(2, topics, queue, { start: () => {}, taken: () => {}, isHeld }) };
}

describe('partition feed', () => {
  it('knows the next offset: of what waits first, and past what the broker keeps for itself when nothing waits', () => {
    const { feed } = feedOf();
    expect(feed.next('usage')).toBeUndefined();
    feed.moveTo('usage', 5n);
    expect(feed.next('usage')).toBe(5n);
    // 5 was compacted away, 9 is a transaction's marker.
    feed.fetched('usage', fetchedRecords(['a', 'b', 'c'], 6), 10n);
    expect(feed.next('usage')).toBe(6n);
    feed.take('usage', 2);
    expect(feed.next('usage')).toBe(8n);
    feed.take('usage', 1);
    expect(feed.next('usage')).toBe(10n);
    feed.fetched('usage', fetchedRecords([]), 12n);
    expect(feed.next('usage')).toBe(12n);
  });

  it('shows records before an offset only, topic by topic', () => {
    const { feed } = feedOf(['a', 'b']);
    feed.fetched('b', fetchedRecords(['x', 'x', 'x', 'x'], 10), 14n);
    expect(feed.waiting).toEqual(['b']);
    expect(offsetsOf(feed.peek('b', 10_000, 12n))).toEqual([10, 11]);
    expect(feed.peek('b', 10_000, 10n).length).toBe(0);
    expect(offsetsOf(feed.peek('b', 10_000))).toEqual([10, 11, 12, 13]);
    expect(feed.peek('a', 10_000).length).toBe(0);
  });

  it('counts a round when each of its topics was answered: one may have a leader that is away', () => {
    const { feed } = feedOf(['a', 'b']);
    for (let i = 0; i < 5; i++) feed.answered('a');
    expect(feed.rounds).toBe(0);
    feed.answered('b');
    expect(feed.rounds).toBe(1);
    feed.answered('b');
    expect(feed.rounds).toBe(1);
    feed.answered('a');
    expect(feed.rounds).toBe(2);
  });

  it('does not wait for the answers of a topic of which enough waits, for nobody asks', () => {
    const { feed } = feedOf(['a', 'b'], (_, topic) => topic === 'b');
    feed.answered('a');
    feed.answered('a');
    expect(feed.rounds).toBe(2);
  });

  it('tells of arrivals, also of those from before the question', async () => {
    const { feed } = feedOf();
    expect(await feed.arrival(1)).toBe(false);
    const soon = feed.arrival(60_000);
    feed.fetched('usage', fetchedRecords(['x']), 1n);
    expect(await soon).toBe(true);
    expect(await feed.arrival(60_000)).toBe(true);
  });

  it('waits for records of one topic while those of another wait', async () => {
    const { feed } = feedOf(['usage', 'requests']);
    feed.fetched('requests', fetchedRecords(['x']), 1n);
    expect(await feed.arrival(1, 'usage')).toBe(false);
    const soon = feed.arrival(60_000, 'usage');
    feed.fetched('usage', fetchedRecords(['y']), 1n);
    expect(await soon).toBe(true);
    expect(await feed.arrival(60_000, 'usage')).toBe(true);
  });

  it('forgets what waits when its assignment ends, and takes no harm from an owner that is late to notice', async () => {
    const { feed, queue } = feedOf();
    feed.fetched('usage', fetchedRecords(['x', 'y']), 2n);
    const seen = feed.peek('usage', 10_000);
    feed.end('revoked');
    expect(feed.signal.reason).toBe('revoked');
    feed.take('usage', seen.length);
    expect(queue.bytes).toBe(0);
    expect(feed.waiting).toEqual([]);
    expect(await feed.arrival(60_000)).toBe(false);
  });

  it('starts once', () => {
    const started: unknown[] = [];
    const feed = createPartitionFeed(0, ['usage'], createRecordQueue<string>(), {
      start: (_, given) => started.push(given),
      taken: () => {},
      isHeld: () => false,
    });
    feed.start(new Map([['usage', 3n]]));
    feed.start(new Map());
    expect(started).toEqual([new Map([['usage', 3n]])]);
  });
});
