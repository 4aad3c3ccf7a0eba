import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Adwin, createAdwin } from '../../src/drift/adwin.js';
import { benjaminiHochberg } from '../../src/drift/benjamini-hochberg.js';
import { chiSquarePValue } from '../../src/drift/chi-square.js';
import { jensenShannon } from '../../src/drift/jensen-shannon.js';
import { exactKsPValue } from '../../src/drift/kolmogorov-smirnov.js';
import { createKswin } from '../../src/drift/kswin.js';
import { mmd } from '../../src/drift/mmd.js';
import { createPageHinkley } from '../../src/drift/page-hinkley.js';
import { histogramWasserstein, wasserstein } from '../../src/drift/wasserstein.js';
import { addToHistogram, createHistogram } from '../../src/numeric/histogram.js';
import { createRandom } from '../../src/numeric/random.js';

/** Written by reference.py beside it, with River, SciPy and Frouros. */
const REFERENCE: Reference = JSON.parse(readFileSync(new URL('./reference.json', import.meta.url), 'utf8'));

interface Reference {
  readonly adwin: readonly {
    readonly seed: number;
    readonly cuts: readonly number[];
    readonly widths: readonly number[];
    readonly mean: number;
  }[];
  readonly pageHinkley: readonly { readonly seed: number; readonly changes: readonly number[]; readonly sum: number }[];
  readonly kswin: readonly {
    readonly seed: number;
    readonly changes: readonly number[];
    readonly pValues: readonly number[];
  }[];
  readonly wasserstein: number;
  readonly jensenShannon: number;
  /** x, degrees of freedom, p-value. */
  readonly chiSquare: readonly (readonly [number, number, number])[];
  /** Statistic times n, n, p-value. */
  readonly exactKs: readonly (readonly [number, number, number])[];
  readonly mmd: { readonly frouros: number };
}

/** The generator of reference.py. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** 2,000 values: uniform, then 0.3 higher from 1,000 on, then twice as wide from 1,500 on. */
function streamOf(seed: number): readonly number[] {
  const draw = mulberry(seed);
  return Array.from({ length: 2000 }, (_, i) => {
    const u = draw();
    return i < 1000 ? u : i < 1500 ? u + 0.3 : 2 * u;
  });
}

describe('createAdwin', () => {
  it.each(REFERENCE.adwin)('cuts where River does, and keeps as much: seed $seed', ({ seed, cuts, widths, mean }) => {
    let adwin: Adwin = createAdwin();
    const gotCuts: number[] = [];
    const gotWidths: number[] = [];
    for (const [i, value] of streamOf(seed).entries()) {
      if (adwin.observe(value)) gotCuts.push(i);
      if (i % 100 !== 99) continue;
      gotWidths.push(adwin.width);
      adwin = createAdwin({}, structuredClone(adwin.snapshot()));
    }
    expect(gotCuts).toEqual(cuts);
    expect(gotWidths).toEqual(widths);
    expect(adwin.mean).toBeCloseTo(mean, 9);
  });
});

describe('createPageHinkley', () => {
  it.each(REFERENCE.pageHinkley)('tells of the changes that River does: seed $seed', ({ seed, changes, sum }) => {
    const options = { delta: 0.05, threshold: 8 };
    let test = createPageHinkley(options);
    const got: number[] = [];
    for (const [i, value] of streamOf(seed).entries()) {
      if (test.observe(value)) got.push(i);
      if (i % 100 === 99) test = createPageHinkley(options, structuredClone(test.snapshot()));
    }
    expect(got).toEqual(changes);
    expect(test.snapshot().rise).toBeCloseTo(sum, 9);
  });
});

describe('createKswin', () => {
  it.each(REFERENCE.kswin)('tells of the changes that River does: seed $seed', ({ seed, changes, pValues }) => {
    const random = mulberry(seed + 100);
    const draw = (n: number, count: number): number[] => {
      const numbers = Array.from({ length: n }, (_, i) => i);
      for (let i = 0; i < count; i++) {
        const j = i + Math.floor(random() * (n - i));
        [numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!];
      }
      return numbers.slice(0, count);
    };
    const options = { alpha: 0.0001, windowSize: 60, statSize: 20, draw };
    let kswin = createKswin(options);
    const got: number[] = [];
    for (const [i, value] of streamOf(seed).entries()) {
      if (kswin.observe(value)) got.push(i);
      if (i % 100 !== 99) continue;
      expect(kswin.pValue).toBeCloseTo(pValues[(i - 99) / 100]!, 9);
      kswin = createKswin(options, structuredClone(kswin.snapshot()));
    }
    expect(got).toEqual(changes);
    expect(() => createKswin({ ...options, statSize: 40 })).toThrow(/twice/);
  });
});

describe('statistics of two samples', () => {
  const draw = mulberry(7);
  const a = Float64Array.from({ length: 40 }, draw);
  const b = Float64Array.from({ length: 25 }, () => 1.5 * draw() ** 2);

  it('have the Wasserstein distance of SciPy; histograms come near it', () => {
    expect(wasserstein(a, b)).toBeCloseTo(REFERENCE.wasserstein, 12);
    const [x, y] = [createHistogram(), createHistogram()];
    for (const value of a) addToHistogram(x, value);
    for (const value of b) addToHistogram(y, value);
    expect(histogramWasserstein(x, y)).toBeCloseTo(REFERENCE.wasserstein, 1);
    expect(
      wasserstein(
        a,
        a.map((value) => value + 2),
      ),
    ).toBeCloseTo(2, 12);
    expect(wasserstein(new Float64Array(0), b)).toBe(0);
  });

  it('have the Jensen-Shannon distance of SciPy, 1 where they share no bin', () => {
    expect(jensenShannon(Float64Array.of(3, 0, 7, 10), Float64Array.of(1, 4, 5, 0))).toBeCloseTo(
      REFERENCE.jensenShannon,
      12,
    );
    expect(jensenShannon(Float64Array.of(2, 0), Float64Array.of(0, 3))).toBe(1);
    expect(jensenShannon(Float64Array.of(2, 4), Float64Array.of(1, 2))).toBe(0);
  });

  it('have the p-values of SciPy', () => {
    for (const [x, degrees, p] of REFERENCE.chiSquare) {
      expect(chiSquarePValue(x, degrees) / p).toBeCloseTo(1, 9);
    }
    for (const [h, n, p] of REFERENCE.exactKs) expect(exactKsPValue(h / n, n)).toBeCloseTo(p, 12);
  });

  it('count together as Benjamini and Hochberg say', () => {
    // 0.05 i / 4: 0.0125, 0.025, 0.0375, 0.05. The third smallest is the last below its line.
    expect(benjaminiHochberg([0.9, 0.01, 0.03, 0.026], 0.05)).toBe(0.03);
    expect(benjaminiHochberg([0.9, 0.02], 0.001)).toBe(0);
    expect(benjaminiHochberg([], 0.05)).toBe(0);
  });
});

describe('mmd', () => {
  it('is that of Frouros', () => {
    const draw = mulberry(9);
    const x = Float32Array.from({ length: 60 }, draw);
    const y = Float32Array.from({ length: 45 }, () => draw() + 0.4);
    const got = mmd({ rows: x }, { rows: y }, 3, { below: createRandom(1).below });
    expect(got.statistic).toBeCloseTo(REFERENCE.mmd.frouros, 6);
    expect(got.pValue).toBe(1 / 101);
  });

  it('is uniform in its p-value where nothing differs', () => {
    const random = createRandom(3);
    const rows = () => Float32Array.from({ length: 40 }, () => random.normal());
    let small = 0;
    for (let i = 0; i < 200; i++) {
      if (mmd({ rows: rows() }, { rows: rows() }, 2, { below: random.below }).pValue! <= 0.1) small++;
    }
    // Binomial(200, 0.1): 20, four standard deviations are 17.
    expect(Math.abs(small - 20)).toBeLessThan(17);
  });

  it('does not see strata whose shares moved, and sees rows that moved in one', () => {
    const random = createRandom(4);
    const sample = (n: number, second: number, shift: number) => {
      const strata = Uint16Array.from({ length: n }, () => (random.next() < second ? 1 : 0));
      const rows = Float32Array.from(strata, (stratum) => 10 * stratum + random.normal() + (stratum === 1 ? shift : 0));
      return { rows, strata };
    };
    const options = { below: random.below };
    const moved = mmd(sample(200, 0.2, 0), sample(200, 0.8, 0), 1, options);
    expect(moved.statistic).toBeLessThan(0.01);
    expect(moved.pValue!).toBeGreaterThan(0.05);
    const shifted = mmd(sample(200, 0.2, 0), sample(200, 0.8, 3), 1, options);
    expect(shifted.statistic).toBeGreaterThan(0.05);
    expect(shifted.pValue!).toBeLessThan(0.02);
    expect(mmd(sample(50, 0, 0), sample(50, 1, 0), 1, options)).toEqual({ statistic: 0, pValue: null });
    expect(mmd(sample(50, 0, 0), sample(50, 0, 3), 1, { ...options, testFrom: 9 }).pValue).toBeNull();
  });
});
