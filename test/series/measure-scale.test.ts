import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureScale } from '../../src/series/measure-scale.js';
import { createSample } from '../../src/series/sample.js';
import type { Scale } from '../../src/series/series-settings.js';

function measure(kind: Scale, numbers: readonly number[], room = 0): { center: number; scale: number } {
  const sample = createSample(numbers.length + room);
  sample.values.set(numbers);
  sample.values.fill(1e30, numbers.length); // what lies behind `count` must not count
  sample.count = numbers.length;
  const centers = new Float32Array(2);
  const scales = new Float32Array(2);
  measureScale(kind, sample, new Float32Array(sample.values.length), centers, scales, 1);
  return { center: centers[1]!, scale: scales[1]! };
}

describe('measureScale', () => {
  const numbers = [2, 4, 4, 4, 5, 5, 7, 9];

  it('measures what each kind says', () => {
    expect(measure('none', numbers)).toEqual({ center: 0, scale: 1 });
    expect(measure('max', numbers)).toEqual({ center: 0, scale: 9 });
    expect(measure('minmax', numbers)).toEqual({ center: 2, scale: 7 });
    expect(measure('zscore', numbers)).toEqual({ center: 5, scale: 2 });
    expect(measure('robust', numbers)).toEqual({ center: 4.5, scale: 1.5 }); // quartiles 4 and 5.5
  });

  it('falls back to minimum and range for `max` where a value is negative', () => {
    expect(measure('max', [-3, 0, 5])).toEqual({ center: -3, scale: 8 });
    expect(measure('max', [-3, -1])).toEqual({ center: -3, scale: 2 });
  });

  it('falls back to the standard deviation for `robust` where most values are alike', () => {
    expect(measure('robust', [0, 0, 0, 0, 0, 0, 0, 8])).toEqual({ center: 0, scale: expect.closeTo(Math.sqrt(7), 5) });
  });

  it.each(['max', 'zscore', 'robust', 'minmax'] as const)('gives scale 1 to zeros and to nothing: %s', (kind) => {
    expect(measure(kind, [0, 0, 0])).toEqual({ center: 0, scale: 1 });
    expect(measure(kind, [], 3)).toEqual({ center: 0, scale: 1 });
  });

  it.each(['zscore', 'robust', 'minmax'] as const)('does not divide by the spread of a constant: %s', (kind) => {
    expect(measure(kind, [0.1, 0.1, 0.1])).toEqual({ center: Math.fround(0.1), scale: 1 });
    const noisy = [1000, 1000 + 2 ** -14, 1000]; // neighbours in float32
    expect(measure(kind, noisy).scale).toBe(1);
  });

  it('looks at `count` values only', () => {
    for (const kind of ['max', 'zscore', 'robust', 'minmax'] as const) {
      expect(measure(kind, numbers, 3)).toEqual(measure(kind, numbers));
    }
  });

  it('equals naive moments and ranges for any values', () => {
    // -0 + 0 is 0: which of two zeros is the least is nobody's affair.
    const finite = fc
      .float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e6), max: Math.fround(1e6) })
      .map((x) => x + 0);
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 40 }), (some) => {
        const mean = some.reduce((sum, value) => sum + value, 0) / some.length;
        const deviation = Math.sqrt(some.reduce((sum, value) => sum + (value - mean) ** 2, 0) / some.length);
        const most = some.reduce((a, b) => Math.max(a, b));
        const least = some.reduce((a, b) => Math.min(a, b));
        const close = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-6 * Math.abs(b) + 1e-9);
        const z = measure('zscore', some);
        close(z.center, mean);
        if (deviation > 1e-5 * Math.abs(mean) + 1e-30) close(z.scale, deviation);
        const range = measure('minmax', some);
        expect(range.center).toBe(least);
        if (most - least > 1e-5 * Math.abs(least) + 1e-30) close(range.scale, most - least);
        if (least >= 0 && most > 0) expect(measure('max', some)).toEqual({ center: 0, scale: most });
      }),
    );
  });
});
