import { describe, expect, it } from 'vitest';
import { createPartitionClocks } from '../../../src/transport/kafka/partition-clocks.js';

const times = (...values: number[]) => Float64Array.from(values);
const ANY = Number.POSITIVE_INFINITY;

describe('partition clocks', () => {
  it('leave the events of a single partition to be their own clock', () => {
    const clocks = createPartitionClocks(1000);
    clocks.assign([2], 0);
    expect(clocks.follow(2, times(5, 3), 2, ANY)).toBeUndefined();
    expect(clocks.newest(2)).toBe(5);
  });

  it('follow the partition that is furthest behind', () => {
    const clocks = createPartitionClocks(1000);
    clocks.assign([0, 1], 0);
    expect([...clocks.follow(0, times(10, 30, 20), 3, ANY)!]).toEqual([-Infinity, -Infinity, -Infinity]);
    expect([...clocks.follow(1, times(5, 15, 40), 3, ANY)!]).toEqual([5, 15, 30]);
    expect([...clocks.follow(0, times(35, 50), 2, ANY)!]).toEqual([35, 40]);
  });

  it('do not wait for a partition without records', () => {
    const clocks = createPartitionClocks(1000);
    clocks.assign([0, 1], 0);
    clocks.fetched(0, 900);
    clocks.fetching(999);
    expect([...clocks.follow(0, times(10), 1, ANY)!]).toEqual([-Infinity]);
    clocks.fetching(1000);
    expect([...clocks.follow(0, times(10), 1, ANY)!]).toEqual([10]);
    expect(clocks.idle).toBe(false);
    clocks.fetching(1900);
    expect(clocks.idle).toBe(true);
  });

  it('wait for it again once it has records', () => {
    const clocks = createPartitionClocks(1000);
    clocks.assign([0, 1], 0);
    clocks.fetching(5000);
    clocks.fetched(0, 5000);
    clocks.fetched(1, 5000);
    clocks.follow(1, times(7), 1, ANY);
    expect([...clocks.follow(0, times(10), 1, ANY)!]).toEqual([7]);
  });

  it('make nobody idle while the pipeline takes its time over what was fetched', () => {
    const clocks = createPartitionClocks(1000);
    clocks.assign([0, 1], 0);
    clocks.fetching(10);
    clocks.fetched(0, 20);
    clocks.fetched(1, 20);
    // An hour later the round is still not over: no further `fetching`.
    clocks.fetched(0, 3_600_000);
    expect([...clocks.follow(0, times(10), 1, ANY)!]).toEqual([-Infinity]);
  });

  it('follow no event time that cannot be', () => {
    const clocks = createPartitionClocks(1000);
    clocks.assign([0, 1], 0);
    clocks.follow(1, times(50), 1, 100);
    expect([...clocks.follow(0, times(10, 101, 20), 3, 100)!]).toEqual([10, 10, 20]);
  });

  it('forget a partition that was taken away, and give one that stays time to be read again', () => {
    const clocks = createPartitionClocks(1000);
    clocks.assign([0, 1], 0);
    clocks.follow(1, times(5), 1, ANY);
    clocks.assign([0, 2], 2000);
    clocks.fetching(2500);
    expect([...clocks.follow(0, times(10), 1, ANY)!]).toEqual([-Infinity]);
    clocks.assign([0, 1], 2500);
    expect(clocks.newest(1)).toBe(-Infinity);
  });
});
