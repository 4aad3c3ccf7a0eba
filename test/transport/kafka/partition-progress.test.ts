import { describe, expect, it } from 'vitest';
import { createPartitionProgress } from '../../../src/transport/kafka/partition-progress.js';

const ranges = [0, 1, 2].map((partition) => ({ partition, low: 10n, high: 1000n }));

describe('partition progress', () => {
  it('goes on at the committed offset where nothing else is known, and where it was read up to where it is', () => {
    const progress = createPartitionProgress('usage', ranges, { 'usage/1': '20' });
    expect([...progress.assign([0, 1])]).toEqual([[1, 20n]]);
    progress.fetched(0, 50n, 52n);
    expect([...progress.assign([0, 1])]).toEqual([
      [0, 52n],
      [1, 20n],
    ]);
  });

  it('is at the record after the last that was handed over, or after what the broker keeps behind it', () => {
    const progress = createPartitionProgress('usage', ranges);
    progress.assign([0]);
    expect(progress.position()).toEqual({});
    progress.fetched(0, 50n, 55n);
    progress.handedOver(0, 50n, false);
    expect(progress.position()).toEqual({ 'usage/0': '51' });
    progress.handedOver(0, 51n, true);
    expect(progress.position()).toEqual({ 'usage/0': '55' });
  });

  it('keeps offsets that a double would round', () => {
    const wide = [{ partition: 0, low: 0n, high: 2n ** 63n - 1n }];
    const progress = createPartitionProgress('usage', wide, { 'usage/0': '9007199254740993' });
    expect([...progress.assign([0])]).toEqual([[0, 9007199254740993n]]);
    expect(progress.position()).toEqual({ 'usage/0': '9007199254740993' });
  });

  it('commits only for partitions that are still its own', () => {
    const progress = createPartitionProgress('usage', ranges, { 'usage/0': '11', 'usage/1': '12' });
    progress.assign([0, 1]);
    const position = progress.position();
    expect(progress.revokedBy([1, 2])).toEqual([0]);
    progress.assign([1, 2]);
    expect([...progress.committable(position)]).toEqual([[1, 12n]]);
    expect(progress.takeRevoked()).toEqual(['usage/0']);
    expect(progress.takeRevoked()).toEqual([]);
  });

  it('trusts the group, not an old checkpoint, with a partition that comes back', () => {
    const progress = createPartitionProgress('usage', ranges, { 'usage/0': '11' });
    progress.assign([0]);
    progress.revokedBy([]);
    expect([...progress.assign([0])]).toEqual([]);
  });

  it('refuses records from before those it has, which a topic made anew would give', () => {
    const progress = createPartitionProgress('usage', ranges);
    progress.assign([0]);
    progress.fetched(0, 50n, 51n);
    expect(progress.fetched(0, 0n, 1n)).toMatchObject({
      code: 'transport',
      context: { partition: 0 },
    });
  });

  it('refuses a checkpoint that the topic no longer holds', () => {
    expect(() => createPartitionProgress('usage', ranges, { 'usage/0': '9' })).toThrow(/retention/);
    expect(() => createPartitionProgress('usage', ranges, { 'usage/0': '1001' })).toThrow(/made anew/);
    expect(() => createPartitionProgress('usage', ranges, { 'usage/0': 12 })).toThrow(/damaged/);
  });
});
