import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDtwMeter, type Warping } from '../../src/numeric/dtw.js';

/** By the definition: the least sum over all paths within the band. */
function naive({ steps, channels, band }: Warping, a: readonly number[], b: readonly number[]): number {
  const costs = new Map<string, number>();
  const at = (i: number, j: number): number => {
    if (i < 0 || j < 0) return i === -1 && j === -1 ? 0 : Number.POSITIVE_INFINITY;
    if (Math.abs(i - j) > band) return Number.POSITIVE_INFINITY;
    const key = `${i} ${j}`;
    const known = costs.get(key);
    if (known !== undefined) return known;
    let own = 0;
    for (let c = 0; c < channels; c++) own += (a[i * channels + c]! - b[j * channels + c]!) ** 2;
    const total = own + Math.min(at(i - 1, j - 1), at(i - 1, j), at(i, j - 1));
    costs.set(key, total);
    return total;
  };
  return at(steps - 1, steps - 1);
}

const pairs = fc
  .record({ steps: fc.integer({ min: 1, max: 12 }), channels: fc.integer({ min: 1, max: 3 }) })
  .chain(({ steps, channels }) => {
    const series = fc.array(fc.integer({ min: -9, max: 9 }), {
      minLength: steps * channels,
      maxLength: steps * channels,
    });
    return fc.record({
      warping: fc.integer({ min: 0, max: steps }).map((band): Warping => ({ steps, channels, band })),
      series: fc.array(series, { minLength: 2, maxLength: 4 }),
    });
  });

describe('a meter of dynamic time warping', () => {
  it('measures as the definition does, whatever it measured before', () => {
    fc.assert(
      fc.property(pairs, ({ warping, series }) => {
        const meter = createDtwMeter(warping);
        for (const a of series) {
          for (const b of series) {
            const expected = naive(warping, a, b);
            // Sums of squares of whole numbers are exact in any order.
            expect(meter.squared(a, 0, b, 0)).toBe(expected);
            expect(meter.squared(a, 0, b, 0, expected + 1)).toBe(expected);
            expect(meter.squared(a, 0, b, 0, expected)).toBe(Number.POSITIVE_INFINITY);
            expect(meter.align(a, 0, b, 0, () => undefined)).toBe(expected);
          }
        }
      }),
    );
  });

  it('finds a pulse that comes two steps later within its band, and not beyond it', () => {
    const early = [0, 5, 0, 0, 0, 0];
    const late = [0, 0, 0, 5, 0, 0];
    const squared = (band: number): number =>
      createDtwMeter({ steps: 6, channels: 1, band }).squared(early, 0, late, 0);
    expect([squared(0), squared(1), squared(2)]).toEqual([50, 50, 0]);
  });
});
