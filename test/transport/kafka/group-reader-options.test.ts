import { describe, expect, it } from 'vitest';
import { type GroupReaderOptions, resolveGroupReader } from '../../../src/transport/kafka/group-reader-options.js';

const resolve = (options: Partial<GroupReaderOptions>) =>
  resolveGroupReader({ topics: ['usage'], groupId: 'segtide', ...options });

describe('group reader options', () => {
  it('have defaults', () => {
    expect(resolve({})).toMatchObject({
      startAt: 'earliest',
      outOfRange: 'fail',
      stallMs: 300_000,
      outageMs: 120_000,
      topicsEveryMs: 60_000,
    });
  });

  it('take a topic that is named twice once, and a pattern without its memory', () => {
    expect(resolve({ topics: ['b', 'a', 'b'] }).topics).toEqual(['b', 'a']);
    expect(resolve({ topics: /^usage-/giy }).topics).toEqual(/^usage-/i);
  });

  it('allow for a hang what an outage may take', () => {
    expect(resolve({ outageMs: 600_000 }).stallMs).toBe(1_200_000);
  });

  it.each<[string, Partial<GroupReaderOptions>]>([
    ['topics', { topics: [] }],
    ['topics', { topics: [''] }],
    ['topics', { topics: 'usage' as unknown as string[] }],
    ['groupId', { groupId: '' }],
    ['startAt', { startAt: -1 }],
    ['startAt', { startAt: 'newest' as 'latest' }],
    ['outOfRange', { outOfRange: 'newest' as 'latest' }],
    ['stallMs', { stallMs: 60_000 }],
    ['maxBytesInFlight', { maxBytesInFlight: 1000 }],
    ['fetchBytes', { fetchBytes: 1000 }],
    ['topicsEveryMs', { topicsEveryMs: 0 }],
    ['heartbeatIntervalMs', { heartbeatIntervalMs: 5000, sessionTimeoutMs: 10_000 }],
  ])('refuse a wrong %s by its name', (name, options) => {
    expect(() => resolve(options)).toThrow(new RegExp(`^\`${name}\``));
  });
});
