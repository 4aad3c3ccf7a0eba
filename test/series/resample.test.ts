import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageBins, interpolate, type Row, truncate } from '../../src/series/resample.js';

function run(how: (row: Row, out: Row) => void, values: number[], mask: number[], length: number) {
  const out = { values: new Float32Array(length), mask: new Uint8Array(length) };
  how({ values: Float32Array.from(values), mask: Uint8Array.from(mask) }, out);
  return { values: [...out.values], mask: [...out.mask] };
}

describe('truncate', () => {
  it('keeps the last steps and their mask', () => {
    expect(run(truncate, [1, 2, 3, 0], [0, 0, 0, 2], 2)).toEqual({ values: [3, 0], mask: [0, 2] });
  });
});

describe('interpolate', () => {
  it('keeps both ends and draws lines between steps', () => {
    expect(run(interpolate, [0, 10, 20], [0, 0, 0], 5).values).toEqual([0, 5, 10, 15, 20]);
    expect(run(interpolate, [0, 3, 6, 9], [0, 0, 0, 0], 3).values).toEqual([0, 4.5, 9]);
  });

  it('masks what needs a masked step, and only that', () => {
    expect(run(interpolate, [0, 0, 20], [0, 2, 0], 5)).toEqual({ values: [0, 0, 0, 0, 20], mask: [0, 2, 2, 2, 0] });
    expect(run(interpolate, [0, 0, 20], [3, 2, 0], 5).mask).toEqual([3, 3, 2, 2, 0]);
  });

  it('repeats the only step of a window of one', () => {
    expect(run(interpolate, [7], [0], 3).values).toEqual([7, 7, 7]);
  });
});

describe('averageBins', () => {
  it('weights a step by the part of it that lies in the bin', () => {
    // Bins of 1.5 steps: (2 + 4/2) / 1.5 and (4/2 + 8) / 1.5.
    expect(run(averageBins, [2, 4, 8], [0, 0, 0], 2).values).toEqual([
      expect.closeTo(8 / 3, 5),
      expect.closeTo(20 / 3, 5),
    ]);
  });

  it('repeats steps when there are more bins than steps', () => {
    expect(run(averageBins, [1, 5], [0, 0], 4).values).toEqual([1, 1, 5, 5]);
  });

  it('averages known cells and masks a bin that has none, as missing if a part of it is', () => {
    expect(run(averageBins, [0, 0, 0, 6, 2, 4], [3, 3, 2, 0, 0, 0], 3)).toEqual({ values: [0, 6, 3], mask: [3, 0, 0] });
    expect(run(averageBins, [0, 0, 1, 1], [3, 2, 0, 0], 2).mask).toEqual([2, 0]);
  });
});

describe('resampling', () => {
  const row = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 20 });

  it('averages like a naive fine grid, and keeps the mean', () => {
    fc.assert(
      fc.property(row, fc.integer({ min: 1, max: 25 }), (values, length) => {
        // Every step in `length` pieces gives a grid that bins of `values.length` pieces cut without rest.
        const pieces = values.flatMap((value) => new Array<number>(length).fill(value));
        const mean = (some: number[]) => some.reduce((sum, value) => sum + value, 0) / some.length;
        const { values: bins } = run(
          averageBins,
          values,
          values.map(() => 0),
          length,
        );
        bins.forEach((bin, i) => {
          expect(bin).toBeCloseTo(mean(pieces.slice(i * values.length, (i + 1) * values.length)), 3);
        });
        expect(mean(bins)).toBeCloseTo(mean(values), 3);
      }),
    );
  });

  it('interpolates within the neighbours, and changes nothing at the same length', () => {
    fc.assert(
      fc.property(row, fc.integer({ min: 2, max: 40 }), (values, length) => {
        const mask = values.map(() => 0);
        const { values: drawn } = run(interpolate, values, mask, length);
        drawn.forEach((value, i) => {
          const place = (i * (values.length - 1)) / (length - 1);
          const around = [values[Math.floor(place + 1e-9)]!, values[Math.ceil(place - 1e-9)]!];
          expect(value).toBeGreaterThanOrEqual(Math.min(...around) - 1e-4);
          expect(value).toBeLessThanOrEqual(Math.max(...around) + 1e-4);
        });
        if (values.length > 1) expect(run(interpolate, values, mask, values.length).values).toEqual(values);
      }),
    );
  });
});
