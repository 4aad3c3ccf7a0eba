import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustedRandIndex, adjustedRandIndexOf } from '../../src/cluster/adjusted-rand-index.js';
import { createPairCounts } from '../../src/cluster/contingency.js';
import {
  normalizedMutualInformation,
  normalizedMutualInformationOf,
} from '../../src/cluster/normalized-mutual-information.js';
import { silhouette } from '../../src/cluster/silhouette.js';

/** Made by `fixtures/make-partitions.py` with scikit-learn. */
const FIXTURE = JSON.parse(readFileSync(new URL('./fixtures/partitions.json', import.meta.url), 'utf8')) as {
  readonly partitions: readonly { name: string; first: number[]; second: number[]; ari: number; nmi: number }[];
  readonly silhouette: { readonly rows: number[][]; readonly members: number[]; readonly value: number };
};

const labels = fc.integer({ min: 1, max: 60 }).chain((n) => {
  const column = fc.array(fc.nat(4), { minLength: n, maxLength: n });
  return fc.tuple(column, column);
});

describe.each(FIXTURE.partitions)('partitions that are $name', ({ first, second, ari, nmi }) => {
  it('agree as scikit-learn says', () => {
    expect(adjustedRandIndex(first, second)).toBeCloseTo(ari, 12);
    expect(normalizedMutualInformation(first, second)).toBeCloseTo(nmi, 12);
  });

  it('agree the same where they are counted row by row', () => {
    const pairs = createPairCounts();
    for (const [i, own] of first.entries()) pairs.add(`class ${own}`, second[i]);
    const counted = pairs.counts();
    expect(counted.total).toBe(first.length);
    expect(counted.firstSums).toHaveLength(new Set(first).size);
    expect(adjustedRandIndexOf(counted)).toBeCloseTo(ari, 12);
    expect(normalizedMutualInformationOf(counted)).toBeCloseTo(nmi, 12);
  });
});

describe('silhouette', () => {
  it('is what scikit-learn says, a row alone among it', () => {
    const { rows, members, value } = FIXTURE.silhouette;
    expect(silhouette(Float32Array.from(rows.flat()), 3, Uint16Array.from(members))).toBeCloseTo(value, 6);
  });
});

describe('agreement of partitions', () => {
  it('does not depend on names, on the order of rows, or on which comes first', () => {
    fc.assert(
      fc.property(labels, ([a, b]) => {
        const names = b.map((label) => `class ${4 - label}`);
        for (const agreement of [adjustedRandIndex, normalizedMutualInformation]) {
          const value = agreement(a, b);
          expect(agreement(b, a)).toBeCloseTo(value, 12);
          expect(agreement(a, names)).toBeCloseTo(value, 12);
          expect(agreement(a.toReversed(), b.toReversed())).toBeCloseTo(value, 12);
          expect(agreement(a, a)).toBeCloseTo(1, 12);
        }
        expect(normalizedMutualInformation(a, b)).toBeGreaterThanOrEqual(0);
        expect(normalizedMutualInformation(a, b)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
