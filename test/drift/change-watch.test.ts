import { describe, expect, it } from 'vitest';
import type { Statistics } from '../../src/cluster/cluster-model.js';
import { type Change, createChangeWatch } from '../../src/drift/change-watch.js';
import { withinShift } from '../../src/drift/within-shift.js';
import { createRandom } from '../../src/numeric/random.js';

/** Windows of two segments in two dimensions, of deviation 1 about their means. */
function statisticsOf(groups: readonly (readonly [segment: number, n: number, x: number])[], seed: number): Statistics {
  const random = createRandom(seed);
  const [weights, sums, sumSquares] = [new Float64Array(2), new Float64Array(4), new Float64Array(4)];
  for (const [segment, n, x] of groups) {
    weights[segment]! += n;
    for (let i = 0; i < n; i++) {
      for (const [m, mean] of [x, 0].entries()) {
        const value = mean + random.normal();
        sums[2 * segment + m]! += value;
        sumSquares[2 * segment + m]! += value * value;
      }
    }
  }
  return { modelVersion: 'v1', centroidEpoch: 0, k: 2, size: 2, weights, sums, sumSquares, inertia: 0 };
}

const BEFORE = statisticsOf(
  [
    [0, 300, 0],
    [1, 300, 10],
  ],
  1,
);

describe('withinShift', () => {
  it('is worked by hand: a mean that moves by 1, with a variance of 2', () => {
    const at = (n: number, sum: number, squares: number): Statistics => ({
      ...BEFORE,
      ...{ k: 1, size: 1, weights: Float64Array.of(n) },
      ...{ sums: Float64Array.of(sum), sumSquares: Float64Array.of(squares) },
    });
    // Before: -1 and 1 have a mean of 0 and a variance of 2. Now: 8 windows at 1. 8 · 1² / 2, less 1 + 8 / 2 by chance.
    expect(withinShift(at(2, 0, 2), at(8, 8, 8)).value).toBe(0);
    // At 3: 8 · 9 / 2 - 5 = 31 over 8 windows; by chance its variance is 2 · 5².
    const { value, significance } = withinShift(at(2, 0, 2), at(8, 24, 72));
    expect(value).toBeCloseTo(Math.sqrt(31 / 8), 12);
    expect(significance).toBeCloseTo(31 / Math.sqrt(50), 12);
  });

  it('does not see shares that move, and sees windows that lie elsewhere', () => {
    const shares = statisticsOf(
      [
        [0, 20, 0],
        [1, 180, 10],
      ],
      2,
    );
    expect(withinShift(BEFORE, shares).value).toBeLessThan(0.2);
    const moved = statisticsOf(
      [
        [0, 100, 0],
        [1, 50, 10],
        [1, 50, 13],
      ],
      3,
    );
    // A quarter of the windows by 3, and so half of a segment by 1.5 in the mean, with a spread of √2 over both coordinates.
    expect(withinShift(BEFORE, moved).value).toBeGreaterThan(0.6);
    expect(withinShift(BEFORE, moved).significance).toBeGreaterThan(6);
  });

  it('is 0 where there is nothing to compare', () => {
    expect(withinShift(BEFORE, statisticsOf([], 1)).value).toBe(0);
    expect(withinShift(statisticsOf([], 1), BEFORE).value).toBe(0);
  });
});

describe('createChangeWatch', () => {
  const settings = { threshold: 0.4, referenceWindows: 100, referenceMs: 0, mostReferenceWindows: 400 };
  const wave = (day: number, x: number) => ({
    statistics: statisticsOf(
      [
        [0, 60, 0],
        [1, 60, x],
      ],
      day,
    ),
    ...{ start: day - 1, end: day },
  });

  it('tells a change at the end of its first wave, and since when, until another model takes over', () => {
    const watch = createChangeWatch(settings);
    const found: (Change | undefined)[] = [];
    for (let day = 1; day <= 8; day++) {
      found.push(watch.observe(wave(day, day < 7 ? 10 : 12)), watch.endWave());
    }
    expect(found.map((change) => change !== undefined)).toEqual([...Array(13).fill(false), true, false, true]);
    expect(found[13]).toMatchObject({ since: 6, windows: 120 });
    expect(found[15]).toMatchObject({ since: 6, windows: 240 });
    // The reference grew while nothing changed, and no further than asked.
    expect(found[13]!.before.end).toBe(4);
    watch.rebase(undefined);
    expect(watch.observe(wave(9, 12))).toBeUndefined();
    expect(watch.endWave()).toBeUndefined();
    watch.observe(wave(10, 12));
    expect(watch.endWave()).toBeUndefined();
  });

  it('takes a wave for whole once windows end later, where nobody tells', () => {
    const watch = createChangeWatch(settings);
    for (let day = 1; day <= 3; day++) expect(watch.observe(wave(day, 10))).toBeUndefined();
    expect(watch.observe(wave(4, 13))).toBeUndefined();
    expect(watch.observe(wave(5, 13))).toMatchObject({ since: 3 });
  });

  it('goes on from a snapshot as if it had never stopped', () => {
    const run = (stops: boolean) => {
      let watch = createChangeWatch(settings);
      return [10, 10, 10, 12, 12].map((x, i) => {
        watch.observe(wave(i + 1, x));
        if (stops) watch = createChangeWatch(settings, structuredClone(watch.snapshot()));
        return watch.endWave()?.value;
      });
    };
    expect(run(true)).toEqual(run(false));
    expect(run(true).at(-1)).toBeGreaterThan(0.4);
  });
});
