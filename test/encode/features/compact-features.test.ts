import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMPACT_FEATURES, createCompactFeatures } from '../../../src/encode/features/compact-features.js';

interface Reference {
  readonly names: readonly string[];
  readonly cases: readonly {
    readonly kind: string;
    readonly series: readonly number[];
    /** Null where tsfresh knows none. */
    readonly values: readonly (number | null)[];
  }[];
}

const reference: Reference = JSON.parse(
  readFileSync(new URL('./fixtures/compact-features.json', import.meta.url), 'utf8'),
);

function featuresOf(series: readonly number[]): Float64Array {
  const out = new Float64Array(COMPACT_FEATURES.length);
  createCompactFeatures({ steps: series.length, channels: 1 }).transform(Float64Array.from(series), 1, out);
  return out;
}

describe('the compact features are those of tsfresh', () => {
  it('under the same names', () => {
    expect(COMPACT_FEATURES).toEqual(reference.names);
  });

  const kinds = [...new Set(reference.cases.map(({ kind }) => kind))];
  it.each(kinds)('value by value on series of kind "%s", with 0 where it knows none', (kind) => {
    for (const { series, values } of reference.cases.filter((one) => one.kind === kind)) {
      const ours = featuresOf(series);
      const far = COMPACT_FEATURES.filter((_, i) => {
        const expected = values[i] ?? 0;
        return !(Math.abs(ours[i]! - expected) <= 1e-9 * Math.max(1, Math.abs(expected)));
      });
      expect({ steps: series.length, far }).toEqual({ steps: series.length, far: [] });
    }
  });
});

describe('single compact features by hand', () => {
  const series = [0, 3, 1, 4, 4, 0];
  const featureOf = (name: (typeof COMPACT_FEATURES)[number]): number =>
    featuresOf(series)[COMPACT_FEATURES.indexOf(name)]!;

  it('are what their names say', () => {
    expect(featureOf('abs_energy')).toBe(42);
    expect(featureOf('mean_abs_change')).toBeCloseTo((3 + 2 + 3 + 0 + 4) / 5, 12);
    // (0·3·1 + 3·1·4 + 1·4·4 + 4·4·0) / 4
    expect(featureOf('c3__lag_1')).toBe(7);
    // c²b - ba²: (1·3 - 0) + (16·1 - 1·9) + (16·4 - 4·1) + (0 - 4·16)
    expect(featureOf('time_reversal_asymmetry_statistic__lag_1')).toBe((3 + 7 + 60 - 64) / 4);
    expect(featureOf('first_location_of_maximum')).toBeCloseTo(3 / 6, 12);
    expect(featureOf('last_location_of_maximum')).toBeCloseTo(5 / 6, 12);
    expect(featureOf('number_peaks__n_1')).toBe(1);
    expect(featureOf('ratio_value_number_to_time_series_length')).toBeCloseTo(4 / 6, 12);
  });
});

describe('compact features of batches', () => {
  it('are those of each channel by itself, finite, and do not depend on the batch', () => {
    const cell = fc.oneof(fc.float({ noNaN: true, min: -1e6, max: 1e6 }), fc.constantFrom(0, 1, Number.NaN));
    fc.assert(
      fc.property(
        fc
          .integer({ min: 2, max: 20 })
          .chain((steps) => fc.array(cell, { minLength: steps * 4, maxLength: steps * 4 })),
        (cells) => {
          const steps = cells.length / 4;
          const values = Float32Array.from(cells);
          const out = new Float64Array(4 * COMPACT_FEATURES.length);
          createCompactFeatures({ steps, channels: 2 }).transform(values, 2, out);
          const alone = [0, 1].flatMap((row) =>
            [0, 1].flatMap((channel) => [
              ...featuresOf(Array.from({ length: steps }, (_, i) => values[(row * steps + i) * 2 + channel]!)),
            ]),
          );
          expect([...out]).toEqual(alone);
          expect(alone.every(Number.isFinite)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuse a shape without two steps', () => {
    expect(() => createCompactFeatures({ steps: 1, channels: 1 })).toThrow('two steps or more');
  });
});
