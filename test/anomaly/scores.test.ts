import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDeviatingRun } from '../../src/anomaly/deviating-run.js';
import { createExpectedCurve } from '../../src/anomaly/expected-curve.js';
import { fitIsolationForest, isolationScore } from '../../src/anomaly/isolation-forest.js';
import { createRarity } from '../../src/anomaly/rarity.js';
import { toDigest } from '../../src/anomaly/t-digest.js';
import { toTail } from '../../src/anomaly/tail.js';
import { createRandom } from '../../src/numeric/random.js';

describe('an isolation forest', () => {
  it('scores points as scikit-learn does, far ones highest', () => {
    // 400 standard normal points in two dimensions; sklearn.ensemble.IsolationForest(100, max_samples=256,
    // random_state=0).fit(x).score_samples([[0, 0], [2, 2], [6, 6]]) gives -0.381, -0.610, -0.810 of numpy's
    // default_rng(0).normal(size=(400, 2)); other draws differ by some hundredths.
    const random = createRandom(1);
    const points = Float32Array.from({ length: 800 }, () => random.normal());
    const forest = fitIsolationForest(points, 400, 2, random);
    const scores = [0, 2, 6].map((at) => isolationScore(forest, [at, at]));
    expect(scores[0]).toBeCloseTo(0.381, 1);
    expect(scores[1]).toBeCloseTo(0.61, 1);
    expect(scores[2]).toBeCloseTo(0.81, 1);
  });

  it('tells nothing apart where all points are alike', () => {
    const forest = fitIsolationForest(new Float32Array(40), 20, 2, createRandom(1));
    expect(isolationScore(forest, [0, 0])).toBe(isolationScore(forest, [9, 9]));
  });

  it('is the same for the same seed', () => {
    const points = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i));
    const fitted = () => fitIsolationForest(points, 50, 2, createRandom(5));
    expect(fitted()).toEqual(fitted());
  });
});

describe('the run that deviates most', () => {
  it('is found by its length, its place and its channel', () => {
    // Four steps of 2 in the second channel: 8 / √4 = 4, more than any part of it or the single 3.
    const deviations = Float64Array.from({ length: 20 }, (_, i) => (i % 2 === 1 && i > 6 && i < 15 ? -2 : 0));
    deviations[2] = 3;
    expect(findDeviatingRun(deviations, 10, 2)).toEqual({ channel: 1, first: 3, end: 7, deviation: -4 });
  });

  it('is one step where one step alone stands out', () => {
    expect(findDeviatingRun(Float64Array.of(0, 0, 5, 1), 4, 1)).toEqual({ channel: 0, first: 2, end: 3, deviation: 5 });
  });
});

describe('what is expected of a window', () => {
  it('is the mean of the nearest references over the cells that it knows', () => {
    const references = { length: 6, cells: 2, values: Float32Array.of(0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 9, 100) };
    const curve = createExpectedCurve(references);
    curve.take(Float32Array.of(0, 55), Uint8Array.of(0, 3), 0);
    expect(Array.from(curve.values)).toEqual([0, 3].map((value) => expect.closeTo(value, 6)));
  });

  it('is the same as by looking at every reference, of equals the first', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 20 }),
        (seed, length, cells) => {
          const random = createRandom(seed);
          // Whole numbers, so that many lie at the same distance.
          const drawn = (count: number) => Float32Array.from({ length: count }, () => random.below(4));
          const values = drawn(length * cells);
          const window = drawn(cells);
          const mask = Uint8Array.from({ length: cells }, () => (seed % 2 === 0 || random.below(4) > 0 ? 0 : 3));
          const distance = (row: number) =>
            window.reduce((sum, x, cell) => sum + (mask[cell] === 0 ? (x - values[row * cells + cell]!) ** 2 : 0), 0);
          const rows = Array.from({ length }, (_, row) => row).sort((a, b) => distance(a) - distance(b) || a - b);
          const nearest = rows.slice(0, 5);
          const curve = createExpectedCurve({ length, cells, values });
          curve.take(window, mask, 0);
          const means = Array.from({ length: cells }, (_, cell) =>
            nearest.reduce((sum, row) => sum + values[row * cells + cell]! / nearest.length, 0),
          );
          expect(Array.from(curve.values)).toEqual(means);
        },
      ),
    );
  });
});

describe('a tail', () => {
  const exponential = Float64Array.from({ length: 5000 }, (_, i) => -Math.log((i + 0.5) / 5000));

  it('goes on beyond the sample as it ended', () => {
    const tail = toTail(toDigest(exponential));
    // Of an exponential the share above x is e^-x.
    for (const x of [1, 5, 10, 20]) expect(tail.rarity(x) * Math.LN10).toBeCloseTo(x, x < 6 ? 0 : -0.5);
    expect(tail.rarity(Number.NaN)).toBe(0);
    expect(tail.median).toBeCloseTo(Math.LN2, 1);
  });

  it('takes anything else for rare where all usual values are alike', () => {
    const tail = toTail(toDigest([3, 3, 3, 3]));
    expect(tail.rarity(3)).toBeLessThan(1.31);
    expect(tail.rarity(3.1)).toBeGreaterThan(1000);
  });
});

describe('rarity', () => {
  it('measures a part among the windows of its segment, the more of them there are', () => {
    const spread = (scale: number, count: number) =>
      toDigest(Float64Array.from({ length: count }, (_, i) => (scale * i) / count));
    const rarity = createRarity({
      all: { run: spread(10, 1000) },
      segments: [{ run: spread(1, 500) }, { run: spread(10, 500) }, {}],
    });
    expect(rarity.of('run', 3, 0)).toBeGreaterThan(2);
    expect(rarity.of('run', 3, 1)).toBeLessThan(0.2);
    expect(rarity.of('run', 3, 2)).toBeLessThan(0.2);
    expect(rarity.of('landmarks', 3, 0)).toBe(0);
    expect(rarity.median('run', 0)).toBeCloseTo(0.5, 1);
  });
});
