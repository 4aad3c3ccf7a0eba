import { describe, expect, it } from 'vitest';
import { restoreValues } from '../../src/series/restore-values.js';
import { resolveSeries } from '../../src/series/series-settings.js';

describe('restoreValues', () => {
  it('undoes the scale of each row and channel', () => {
    const settings = resolveSeries({ transform: 'none' }, 2, 2);
    const values = Float32Array.of(0, 1, 1, -1, 0, 1, 1, -1);
    const restored = restoreValues(settings, values, [1, 2, 3, 4], [10, 20, 30, 40]);
    expect([...restored]).toEqual([1, 22, 11, -18, 3, 44, 33, -36]);
  });

  it('takes one scale for all rows, as a model has it', () => {
    const settings = resolveSeries({ transform: 'none' }, 1, 2);
    expect([...restoreValues(settings, Float32Array.of(0, 1, 1, -1), [1, 2], [10, 20])]).toEqual([1, 22, 11, -18]);
  });

  it('undoes the logarithm after the scale, on both sides of zero', () => {
    const restored = restoreValues(resolveSeries({}, 2, 1), Float32Array.of(1, -1), [0], [2]);
    expect(restored[0]).toBeCloseTo(Math.E ** 2 - 1, 5);
    expect(restored[1]).toBeCloseTo(1 - Math.E ** 2, 5);
  });

  it('refuses shapes that do not belong together', () => {
    const settings = resolveSeries({}, 2, 1);
    expect(() => restoreValues(settings, new Float32Array(3), [0], [1])).toThrow(/don't belong together/);
    expect(() => restoreValues(settings, new Float32Array(8), [0, 0], [1, 1])).toThrow(/don't belong together/);
    expect(() => restoreValues(settings, new Float32Array(4), [0, 0], [1])).toThrow(/don't belong together/);
  });
});
