import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { movingAverage, movingMedian } from '../../src/series/smooth.js';

function average(values: number[], mask: number[], width: number): number[] {
  const out = new Float32Array(values.length);
  const masked = mask.some((cell) => cell !== 0);
  movingAverage(Float32Array.from(values), Uint8Array.from(mask), masked, width, out);
  return [...out];
}

function median(values: number[], mask: number[], width: number): number[] {
  const out = new Float32Array(values.length);
  movingMedian(Float32Array.from(values), Uint8Array.from(mask), width, out, new Float32Array(width));
  return [...out];
}

const known = [0, 0, 0, 0, 0];

describe('movingAverage', () => {
  it('averages the steps around each, fewer at the edges', () => {
    expect(average([3, 6, 9, 0, 3], known, 3)).toEqual([4.5, 6, 5, 4, 1.5]);
    expect(average([5, 10, 15, 20, 0], known, 5)).toEqual([10, 12.5, 10, 11.25, expect.closeTo(35 / 3, 5)]);
  });

  it('looks past masked cells and leaves them masked', () => {
    expect(average([3, 0, 9, 0, 3], [0, 2, 0, 0, 3], 3)).toEqual([3, 0, 4.5, 4.5, 0]);
  });

  it('lets nothing of a peak stay behind it', () => {
    expect(average([1e9, 0.1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], 5).at(-1)).toBe(0);
    expect(average([1e9, 0.1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], 3).at(-1)).toBe(0);
  });
});

describe('movingMedian', () => {
  it('takes the middle of the steps around each, the mean of the middle two at the edges', () => {
    expect(median([3, 6, 100, 0, 3], known, 3)).toEqual([4.5, 6, 6, 3, 1.5]);
  });

  it('looks past masked cells and leaves them masked', () => {
    expect(median([3, 0, 9, 0, 3], [0, 2, 0, 0, 3], 3)).toEqual([3, 0, 4.5, 4.5, 0]);
  });
});

describe('smoothing', () => {
  it('equals a naive reference for any width and mask', () => {
    const cells = fc.array(
      fc.record({ value: fc.integer({ min: -50, max: 50 }), mask: fc.constantFrom(0, 0, 0, 2, 3) }),
      {
        minLength: 5,
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(cells, fc.constantFrom(3, 5), (row, width) => {
        const values = row.map((cell) => (cell.mask === 0 ? cell.value : 0));
        const mask = row.map((cell) => cell.mask);
        const around = (i: number) =>
          values.filter((_, j) => Math.abs(i - j) <= (width - 1) / 2 && mask[j] === 0).sort((a, b) => a - b);
        const mean = (some: number[]) => some.reduce((sum, value) => sum + value, 0) / some.length;
        const middle = (some: number[]) => mean(some.slice((some.length - 1) >> 1, (some.length >> 1) + 1));
        const expected = (of: (some: number[]) => number) =>
          values.map((_, i) => (mask[i] === 0 ? Math.fround(of(around(i))) : 0));
        expect(average(values, mask, width)).toEqual(expected(mean));
        expect(median(values, mask, width)).toEqual(expected(middle));
      }),
    );
  });
});
