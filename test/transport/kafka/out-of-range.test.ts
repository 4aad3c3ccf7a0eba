import { describe, expect, it } from 'vitest';
import { skipRemoved } from '../../../src/transport/kafka/out-of-range.js';

const range = { partition: 4, low: 100n, high: 200n };

describe('offsets out of range', () => {
  it('are none where the topic has the offset, or ends with it', () => {
    for (const position of [100n, 150n, 200n]) expect(skipRemoved('usage', position, range, 'fail')).toBeUndefined();
  });

  it('are told from which to which, and passed over where that is wanted', () => {
    expect(() => skipRemoved('usage', 30n, range, 'fail')).toThrow(/offsets 30 to 99 of usage\/4/);
    const lost = { topic: 'usage', partition: 4, from: 30n };
    expect(skipRemoved('usage', 30n, range, 'earliest')).toEqual({ ...lost, to: 100n });
    expect(skipRemoved('usage', 30n, range, 'latest')).toEqual({ ...lost, to: 200n });
  });

  it('beyond the end are no loss but another topic', () => {
    expect(() => skipRemoved('usage', 201n, range, 'earliest')).toThrow(/made anew/);
  });
});
