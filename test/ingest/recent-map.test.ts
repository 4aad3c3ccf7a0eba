import { describe, expect, it } from 'vitest';
import { RecentMap } from '../../src/ingest/recent-map.js';

describe('recent map', () => {
  it('keeps what was used of late, and forgets the rest', () => {
    const map = new RecentMap<number, string>(3);
    for (let i = 0; i < 100; i++) {
      map.set(i, String(i));
      expect(map.get(0)).toBe('0'); // used all the time
      for (let j = Math.max(0, i - 1); j <= i; j++) expect(map.get(j)).toBe(String(j));
    }
    expect(
      Array.from({ length: 100 }, (_, i) => map.get(i)).filter((value) => value !== undefined).length,
    ).toBeLessThan(7);
    expect(map.get(1)).toBeUndefined();
  });

  it('replaces what it has', () => {
    const map = new RecentMap<string, number>(1);
    map.set('a', 1);
    map.set('a', 2);
    expect(map.get('a')).toBe(2);
  });
});
