import { beforeAll, describe, expect, it } from 'vitest';
import { runExamples, SLOWEST } from './run-example.js';

const SIZES = {
  'uses/similar-products': 6,
  'uses/new-products': 48,
  'uses/low-sellers': 300,
  'uses/short-lived-items': 150,
  'uses/stocks': 8,
  'uses/anomalies': 60,
  'uses/data-reduction': 150,
  'embeddings/documents': 12,
  'embeddings/images': 8,
  'embeddings/audio': 8,
};

let printed: ReadonlyMap<string, string>;
beforeAll(async () => {
  printed = await runExamples(SIZES);
}, SLOWEST);

/** All numbers that a pattern finds in what an example printed. */
function numbers(name: keyof typeof SIZES, pattern: RegExp): number[] {
  return [...printed.get(name)!.matchAll(pattern)].map(([, number]) => Number(number));
}

describe('examples of uses', () => {
  it('all run to their end', () => {
    expect([...printed.keys()]).toEqual(Object.keys(SIZES));
  });

  it('find each product beside the successor that takes its sales', () => {
    const pairs = [...printed.get('uses/similar-products')!.matchAll(/^ {2}\S+ {2}(\w+)-old and (\w+)-new$/gm)];
    // In so small a shop one segment may hold two kinds, and the successor of one may stand beside the other's.
    expect(pairs.filter(([, old, successor]) => old === successor).length).toBeGreaterThanOrEqual(3);
  });

  it('put more new products into the segment of their whole window, the more of it is there', () => {
    const shares = numbers('uses/new-products', /days: +(\d+) %/g);
    expect(shares).toHaveLength(6);
    expect(shares.at(-1)).toBeGreaterThan(80);
    expect(shares.at(-1)).toBeGreaterThanOrEqual(shares[0]!);
  });

  it('forecast short-lived items better by their segment than by themselves or by all', () => {
    const errors = numbers('uses/short-lived-items', /WAPE (\d+) %/g);
    expect(errors).toHaveLength(4);
    expect(errors[3]).toBeLessThan(Math.min(...errors.slice(0, 3)));
  });

  it('find sectors by returns and not by prices', () => {
    const [prices, returns] = numbers('uses/stocks', /ARI with sectors (\S+)/g);
    expect(returns).toBeGreaterThan(prices! + 0.2);
  });

  it('tell odd days', () => {
    const [found] = numbers('uses/anomalies', /^(\d+) of 6 odd days found/gm);
    expect(found).toBeGreaterThanOrEqual(4);
  });
});
