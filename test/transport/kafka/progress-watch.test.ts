import { describe, expect, it } from 'vitest';
import { createPartitionFeed } from '../../../src/transport/kafka/partition-feed.js';
import { createProgressWatch } from '../../../src/transport/kafka/progress-watch.js';
import { createRecordQueue } from '../../../src/transport/kafka/record-queue.js';
import { fetchedRecords } from './kafka-records.js';

const settings = { outageMs: 10_000, stallMs: 20_000 };

function feedWith(records: number) {
  const feed = createPartitionFeed(3, ['usage'], createRecordQueue<string>(), {
    start: () => {},
    taken: () => {},
    isHeld: () => false,
  });
  feed.fetched('usage', fetchedRecords(Array.from({ length: records }, () => 'x')), BigInt(records));
  return feed;
}

describe('progress watch', () => {
  it('takes brokers for gone after so many silent ticks, and any answer for a sign of life', () => {
    const watch = createProgressWatch(settings);
    expect(watch.tickMs).toBe(1000);
    for (let i = 0; i < 9; i++) expect(watch.tick([])).toBeUndefined();
    watch.answered();
    for (let i = 0; i < 9; i++) expect(watch.tick([])).toBeUndefined();
    expect(watch.tick([])).toMatchObject({ code: 'transport', retriable: true });
  });

  it('tells once that brokers are away, and once that they are back', () => {
    const told: string[] = [];
    const watch = createProgressWatch(
      { outageMs: 60_000, stallMs: 70_000 },
      { onAway: (ms) => told.push(`away ${ms}`), onBack: (ms) => told.push(`back ${ms}`) },
    );
    const silence = (seconds: number): void => {
      for (let i = 0; i < seconds; i++) watch.tick([]);
      watch.answered();
      watch.answered();
    };
    silence(9);
    expect(told).toEqual([]);
    silence(25);
    silence(3);
    silence(10);
    expect(told).toEqual(['away 10000', 'back 25000', 'away 10000', 'back 10000']);
  });

  it('tells of a partition of which nothing is taken while records wait', () => {
    const watch = createProgressWatch(settings);
    const feed = feedWith(10);
    feed.start(new Map());
    const tick = () => {
      watch.answered();
      return watch.tick([feed]);
    };
    for (let i = 0; i < 19; i++) expect(tick()).toBeUndefined();
    feed.take('usage', 1);
    for (let i = 0; i < 20; i++) expect(tick()).toBeUndefined();
    expect(tick()?.message).toMatch(/partition 3 of usage stalled/);
  });

  it('expects nothing of a partition that has not started or for which nothing waits', () => {
    const watch = createProgressWatch(settings);
    const waiting = feedWith(10);
    const idle = feedWith(1);
    idle.start(new Map());
    idle.take('usage', 1);
    for (let i = 0; i < 100; i++) {
      watch.answered();
      expect(watch.tick([waiting, idle])).toBeUndefined();
    }
  });
});
