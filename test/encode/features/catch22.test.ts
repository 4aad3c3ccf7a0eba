import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCatch22 } from '../../../src/encode/features/catch22.js';

interface Reference {
  readonly names: readonly string[];
  readonly cases: readonly {
    readonly kind: string;
    readonly series: readonly number[];
    readonly values: readonly number[];
    /** Places of values that pycatch22 put in the stead of what it could not estimate. */
    readonly undefined: readonly number[];
  }[];
}

const reference: Reference = JSON.parse(readFileSync(new URL('./fixtures/catch22.json', import.meta.url), 'utf8'));

function featuresOf(series: readonly number[], undefinedAs: 'zero' | 'bound' = 'zero') {
  const catch22 = createCatch22({ steps: series.length, channels: 1, moments: true, undefinedAs });
  const values = new Float64Array(catch22.names.length);
  const undefinedFeatures = new Uint8Array(1);
  catch22.transform(Float64Array.from(series), 1, values, undefinedFeatures);
  return { names: catch22.names, values, undefinedFeatures: undefinedFeatures[0]! };
}

function featureOf(name: string, series: readonly number[]): number {
  const { names, values } = featuresOf(series);
  return values[names.indexOf(name)]!;
}

describe('the features are those of pycatch22', () => {
  it('in the same order and under the same names', () => {
    expect(featuresOf([1, 2, 4, 1]).names).toEqual(reference.names);
  });

  const kinds = [...new Set(reference.cases.map((example) => example.kind))];
  it.each(kinds)('value by value on series of kind "%s"', (kind) => {
    for (const example of reference.cases.filter((candidate) => candidate.kind === kind)) {
      const { names, values, undefinedFeatures } = featuresOf(example.series, 'bound');
      const far = names.filter((_, i) => {
        const expected = example.values[i]!;
        return !(Math.abs(values[i]! - expected) <= Math.max(1e-9, 1e-6 * Math.abs(expected)));
      });
      expect({ steps: example.series.length, far }).toEqual({ steps: example.series.length, far: [] });
      expect(undefinedFeatures).toBe(example.undefined.length);
    }
  });

  it('with 0 where it knows none, unless its bound is asked for', () => {
    for (const example of reference.cases) {
      const { values } = featuresOf(example.series);
      for (const place of example.undefined) expect(values[place]).toBe(0);
    }
  });
});

describe('single features by hand', () => {
  const steps = [0, 0, 0, 1, 1, 1, 1, 0];

  it('knows the longest stretch above the mean and the longest without a rise', () => {
    expect(featureOf('SB_BinaryStats_mean_longstretch1', steps)).toBe(4);
    expect(featureOf('SB_BinaryStats_diff_longstretch0', steps)).toBe(4);
  });

  it('counts the share of notable changes', () => {
    expect(featureOf('MD_pNN_pnn40', steps)).toBeCloseTo(2 / 7, 12);
  });

  it('gives the early outlier a timing before the middle and the late one after it', () => {
    const spike = (at: number) => Array.from({ length: 20 }, (_, i) => (i === at ? 10 : Math.sin(i)));
    expect(featureOf('DN_OutlierInclude_p_001_mdrmd', spike(2))).toBeLessThan(
      featureOf('DN_OutlierInclude_p_001_mdrmd', spike(17)),
    );
  });

  it('finds a weekly period in eight weeks of days', () => {
    const weeks = Array.from({ length: 56 }, (_, i) => (i % 7 < 5 ? 4 : 1) + ((i * 37) % 11) / 50);
    expect(featureOf('PD_PeriodicityWang_th0_01', weeks)).toBe(7);
  });

  it('gives mean and deviation of the series as it came', () => {
    expect(featureOf('DN_mean', [1, 2, 3, 6])).toBe(3);
    expect(featureOf('DN_Spread_std', [1, 2, 3, 6])).toBeCloseTo(Math.sqrt(14 / 3), 12);
  });
});

describe('what no input can break', () => {
  const cell = fc.oneof(
    fc.double({ noNaN: false, noDefaultInfinity: false }),
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom(0, 1e9, 1e-320, 1e300, -0),
  );

  it('is that every value is finite', () => {
    const windows = fc
      .integer({ min: 2, max: 130 })
      .chain((length) => fc.array(cell, { minLength: length, maxLength: length }));
    fc.assert(
      fc.property(windows, (series) => {
        for (const undefinedAs of ['zero', 'bound'] as const) {
          expect([...featuresOf(series, undefinedAs).values].every(Number.isFinite)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['constant', [5, 5, 5, 5, 5, 5]],
    ['constant up to rounding', [0.1 + 0.2, 0.3, 0.3, 0.3, 0.3]],
    ['all zero', [0, 0, 0]],
    ['with a missing cell', [1, Number.NaN, 2, 3]],
    ['with an infinite cell', [1, Number.POSITIVE_INFINITY, 2, 3]],
  ])('says of a series %s that it defines none of the 22', (_, series) => {
    const { values, undefinedFeatures } = featuresOf(series);
    expect(undefinedFeatures).toBe(22);
    expect([...values.subarray(0, 22)]).toEqual(new Array(22).fill(0));
  });

  it('refuses a shape without two steps and a channel', () => {
    expect(() => createCatch22({ steps: 1, channels: 1 })).toThrow(/two steps or more/);
    expect(() => createCatch22({ steps: 24, channels: 0 })).toThrow(/one channel or more/);
  });
});

describe('a batch', () => {
  it('gives every channel of every series what it gets alone, and leaves its input as it was', () => {
    const shape = fc.record({
      steps: fc.integer({ min: 2, max: 40 }),
      channels: fc.integer({ min: 1, max: 3 }),
      rows: fc.integer({ min: 1, max: 4 }),
      seed: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 480, maxLength: 480 }),
    });
    fc.assert(
      fc.property(shape, ({ steps, channels, rows, seed }) => {
        const values = Float32Array.from(seed.slice(0, rows * steps * channels));
        const given = values.slice();
        const catch22 = createCatch22({ steps, channels });
        const out = new Float64Array(rows * channels * 22);
        const undefinedFeatures = new Uint8Array(rows * channels);
        catch22.transform(values, rows, out, undefinedFeatures);
        expect(values).toEqual(given);
        for (let row = 0; row < rows; row++) {
          for (let channel = 0; channel < channels; channel++) {
            const alone = Array.from({ length: steps }, (_, t) => values[(row * steps + t) * channels + channel]!);
            const expected = featuresOf(alone);
            const at = (row * channels + channel) * 22;
            expect([...out.subarray(at, at + 22)]).toEqual([...expected.values.subarray(0, 22)]);
            expect(undefinedFeatures[row * channels + channel]).toBe(expected.undefinedFeatures);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('does not change when a series is shifted and scaled, but for its moments', () => {
    const series = Array.from({ length: 96 }, (_, i) => Math.sin(i / 3) + Math.sin(i * i));
    const { values } = featuresOf(series);
    const scaled = featuresOf(series.map((value) => 1000 + 32 * value));
    for (let i = 0; i < 22; i++) expect(scaled.values[i]).toBeCloseTo(values[i]!, 8);
    expect(scaled.values[22]).toBeCloseTo(1000 + 32 * values[22]!, 8);
  });
});
