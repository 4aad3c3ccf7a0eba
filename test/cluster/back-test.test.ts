import { describe, expect, it } from 'vitest';
import { backTest } from '../../src/cluster/back-test.js';
import type { Members } from '../../src/cluster/segment-members.js';
import { createRandom } from '../../src/numeric/random.js';

function membersOf(curves: readonly (readonly number[])[]): Members {
  const steps = curves[0]!.length;
  return {
    rows: Uint32Array.from(curves.keys()),
    steps,
    channels: 1,
    values: Float32Array.from(curves.flat()),
    mask: new Uint8Array(curves.length * steps),
    inactive: new Uint8Array(curves.length),
  };
}

const customers = (count: number, curve: (t: number) => number, steps = 28): readonly (readonly number[])[] => {
  const random = createRandom(5);
  return Array.from({ length: count }, () => {
    const level = 5 + 10 * random.next();
    return Array.from({ length: steps }, (_, t) => Math.max(0, level * curve(t) + Math.sqrt(level) * random.normal()));
  });
};

describe('backTest', () => {
  it('is worked by hand', () => {
    // The last quarter of eight steps are two; before them all have a mean of 2, and a season of two steps.
    const members = membersOf(Array.from({ length: 4 }, () => [1, 3, 1, 3, 1, 3, 2, 4]));
    const { skill, forecastability, rule, members: count } = backTest(members, 0, 2);
    // Mean: errors 0 and 2, MSE 4/2 (over level 2: 1). Seasonal naive: errors 1 and 1, half of it. The curve of the
    // others foresees it wholly.
    expect({ skill, forecastability, rule, count }).toEqual({
      skill: 1,
      forecastability: 1,
      rule: 'seasonalNaive',
      count: 4,
    });
    const uneven = membersOf([
      [1, 3, 1, 3, 1, 3, 2, 4],
      [1, 3, 1, 3, 1, 3, 2, 4],
      [1, 3, 1, 3, 1, 3, 4, 2],
      [1, 3, 1, 3, 1, 3, 2, 4],
    ]);
    // Halves foresee (2, 4) for the even and (3, 3) for the odd ones. Squared errors of the curve: 0 + 8 for the even
    // rows (which are forecast by the odd ones), 1 + 1 twice for the odd; mean: 4 each; seasonal naive: 1 + 1, 9 + 1.
    expect(backTest(uneven, 0, 2).skill).toBeCloseTo(1 - Math.sqrt(12 / 16), 12);
    expect(backTest(uneven, 0, 2).forecastability).toBeCloseTo(1 - 12 / 16, 12);
  });

  it('finds a model worthwhile where usage repeats or goes somewhere, and nowhere else', () => {
    expect(backTest(membersOf(customers(100, (t) => (t % 7 === 2 ? 3 : 0.7))), 0, 7).skill).toBeGreaterThan(0.1);
    expect(backTest(membersOf(customers(100, (t) => 0.2 + t / 14)), 0, 0).skill).toBeGreaterThan(0.3);
    const flat = backTest(membersOf(customers(100, () => 1)), 0, 7);
    expect(flat.skill).toBeLessThan(0.02);
    expect(flat.rule).toBe('mean');
  });

  it('says nothing of few members, of short windows and of what was never used', () => {
    const nothing = { skill: 0, forecastability: 0, rule: 'mean', members: 0 };
    expect(backTest(membersOf(customers(3, () => 1)), 0, 7)).toEqual(nothing);
    expect(backTest(membersOf(customers(9, () => 1, 2)), 0, 0)).toEqual(nothing);
    expect(backTest(membersOf(customers(9, () => 0)), 0, 0).skill).toBeLessThan(1);
    expect(backTest(membersOf(Array.from({ length: 9 }, () => [0, 0, 0, 0, 0, 0, 5, 5])), 0, 0)).toEqual(nothing);
  });
});
