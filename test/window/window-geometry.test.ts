import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WindowGeometry } from '../../src/window/window-geometry.js';

describe('window geometry', () => {
  it('places overlapping windows', () => {
    const geometry = new WindowGeometry(4, 2, 1); // …, [-1, 3), [1, 5), [3, 7), …
    expect([geometry.firstFor(3), geometry.lastFor(3)]).toEqual([0, 1]);
    expect([geometry.startOf(1), geometry.endOf(1)]).toEqual([3, 7]);
    expect(geometry.firstFrom(2)).toBe(1);
    expect(geometry.isGap(3)).toBe(false);
  });

  it('leaves gaps where the hop is longer than the window', () => {
    const geometry = new WindowGeometry(2, 5, 0); // [0, 2), [5, 7), …
    expect([0, 1, 2, 4, 5, 6, 7].map((step) => geometry.isGap(step))).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
      true,
    ]);
    expect(geometry.firstFor(3)).toBeGreaterThan(geometry.lastFor(3));
  });

  it('finds exactly the windows that contain a step', () => {
    const small = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(
        small,
        small,
        fc.integer({ min: -9, max: 9 }),
        fc.integer({ min: -50, max: 50 }),
        (T, hop, phase, step) => {
          const geometry = new WindowGeometry(T, hop, phase);
          const containing: number[] = [];
          for (let w = -100; w <= 100; w++)
            if (phase + w * hop <= step && step < phase + w * hop + T) containing.push(w);
          expect(geometry.isGap(step)).toBe(containing.length === 0);
          if (containing.length === 0) return;
          expect([geometry.firstFor(step), geometry.lastFor(step)]).toEqual([containing[0], containing.at(-1)]);
        },
      ),
    );
  });
});
