import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestSilence, longestSilent, silentBefore } from '../../src/window/customer-expiry.js';
import { CustomerTable } from '../../src/window/customer-table.js';

function tableOf(lasts: readonly number[]): CustomerTable {
  const table = new CustomerTable(1);
  for (const [k, last] of lasts.entries()) table.insert(Uint8Array.of(k & 255, k >> 8), 0, 2, k, last);
  return table;
}

describe('who has to go', () => {
  it('is who has been silent for longest, and of equally silent ones who joined first', () => {
    const table = tableOf([5, 2, 9, 2, 2, 5]);
    expect([...longestSilent(table, 2)]).toEqual([1, 3]);
    expect([...longestSilent(table, 4)]).toEqual([0, 1, 3, 4]);
  });

  it('is who was last seen before a step', () => {
    const table = tableOf([5, 2, 9, 2]);
    expect([...silentBefore(table, 5)]).toEqual([1, 3]);
    expect(longestSilence(table)).toBe(2);
    expect(longestSilence(tableOf([]))).toBe(Number.POSITIVE_INFINITY);
  });

  it('agrees with sorting', () => {
    const lasts = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(lasts, fc.nat(), (list, n) => {
        const count = 1 + (n % list.length);
        const sorted = [...list.entries()].sort(([a, x], [b, y]) => x - y || a - b).slice(0, count);
        expect([...longestSilent(tableOf(list), count)]).toEqual(sorted.map(([slot]) => slot).sort((a, b) => a - b));
      }),
    );
  });
});
