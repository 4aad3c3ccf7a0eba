import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_CENTROID } from '../../src/cluster/refit-centroids.js';
import { regroupingGain } from '../../src/cluster/regrouping-gain.js';

/** Half the squared distances of all pairs within a group over its size: the same inertia, without a mean. */
function pairwiseInertia(rows: readonly (readonly number[])[], membership: readonly number[]): number {
  const sizes = membership.map((group) => membership.filter((other) => other === group).length);
  return rows.reduce(
    (sum, a, i) =>
      sum +
      rows.reduce((inner, b, j) => {
        if (membership[i] !== membership[j]) return inner;
        return inner + a.reduce((squared, x, m) => squared + (x - b[m]!) ** 2, 0) / (2 * sizes[i]!);
      }, 0),
    0,
  );
}

describe('regroupingGain', () => {
  it('is the part of the inertia that the other grouping takes away', () => {
    // 0, 1 and 10, 11: one group has (5.5² + 4.5²) 2 = 101, two have 0.5 each, and {0, 10}, {1, 11} 50 each.
    const rows = { embeddings: Float32Array.of(0, 1, 10, 11), size: 1 };
    const one = Uint16Array.of(0, 0, 0, 0);
    expect(regroupingGain(rows, one, Uint16Array.of(0, 0, 1, 1))).toBeCloseTo(100 / 101, 12);
    expect(regroupingGain(rows, one, Uint16Array.of(0, 1, 0, 1))).toBeCloseTo(1 / 101, 12);
    expect(regroupingGain(rows, Uint16Array.of(0, 0, 1, 1), one)).toBeCloseTo(-100, 12);
  });

  it('is nothing where groups keep their rows under other numbers, and where all rows lie on one spot', () => {
    const rows = { embeddings: Float32Array.of(0, 1, 10, 12), size: 1 };
    expect(regroupingGain(rows, Uint16Array.of(0, 0, 1, 1), Uint16Array.of(1, 1, 0, 0))).toBe(0);
    const spot = { embeddings: new Float32Array(4), size: 1 };
    expect(regroupingGain(spot, Uint16Array.of(0, 0, 0, 0), Uint16Array.of(0, 0, 1, 1))).toBe(0);
  });

  it('leaves rows out that are not finite or in no group', () => {
    const rows = { embeddings: Float32Array.of(0, 2, Number.NaN, 4, 6), size: 1 };
    // Before: 0, 2 and 4, 6 in one group, 20; after: 2 and 2.
    const before = Uint16Array.of(0, 0, 0, 0, 0);
    expect(regroupingGain(rows, before, Uint16Array.of(0, 0, 0, 1, 1))).toBeCloseTo(0.8, 12);
    const unknown = { embeddings: Float32Array.of(0, 2, 99, 4, 6), size: 1 };
    const none = Uint16Array.of(0, 0, NO_CENTROID, 0, 0);
    expect(regroupingGain(unknown, none, Uint16Array.of(0, 0, NO_CENTROID, 1, 1))).toBeCloseTo(0.8, 12);
  });

  it('agrees with the inertia of pairs', () => {
    const row = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 }));
    const grouped = fc.record({ row, before: fc.nat(2), after: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(grouped, { minLength: 1, maxLength: 12 }), (given) => {
        const rows = given.map((one) => one.row);
        const before = given.map((one) => one.before);
        const after = given.map((one) => one.after);
        const inertia = pairwiseInertia(rows, before);
        const expected = inertia < 1e-9 ? 0 : 1 - pairwiseInertia(rows, after) / inertia;
        const placed = { embeddings: Float32Array.from(rows.flat()), size: 2 };
        fc.pre(inertia === 0 || inertia > 1e-9);
        expect(regroupingGain(placed, Uint16Array.from(before), Uint16Array.from(after))).toBeCloseTo(expected, 9);
      }),
    );
  });
});
