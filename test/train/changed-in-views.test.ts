import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/random.js';
import { changedInViews, type ViewedSegments } from '../../src/train/changed-in-views.js';

const DAY = 10;
const CUSTOMERS = 100;

/** Waves of windows of two segments, 10 apart, in two views of deviation 1; `shift` moves the second view of a wave. */
function viewed(shifts: readonly number[], customers = CUSTOMERS): ViewedSegments {
  const random = createRandom(7);
  const rows = shifts.flatMap((shift, wave) => Array.from({ length: customers }, (_, c) => ({ shift, wave, c })));
  return {
    ...{ k: 2, size: 2 },
    values: Float32Array.from(
      rows.flatMap(({ shift, c }) => [10 * (c % 2) + random.normal(), shift + random.normal()]),
    ),
    membership: Uint16Array.from(rows, ({ c }) => c % 2),
    starts: Float64Array.from(rows, ({ wave }) => DAY * wave),
    ends: Float64Array.from(rows, ({ wave }) => DAY * (wave + 1)),
  };
}

describe('changedInViews', () => {
  it('finds nothing where all waves are alike, or the newest ones are as before', () => {
    expect(changedInViews(viewed([0, 0, 0, 0, 0, 0]), 4 * DAY)).toBeUndefined();
    expect(changedInViews(viewed([0, 0, 0, 0, 3, 0]), 4 * DAY)).toBeUndefined();
  });

  it('tells since when waves are new, and by how much', () => {
    const { since, shift } = changedInViews(viewed([0, 0, 0, 0, 0, 3, 3]), 4 * DAY)!;
    expect(since).toBe(5 * DAY);
    // Two views of variance 1: a move by 3 is 3 / √2 spreads.
    expect(shift).toBeCloseTo(3 / Math.SQRT2, 0);
    expect(changedInViews(viewed([0, 0, 0, 0, 3, 0, 3]), 4 * DAY)?.since).toBe(6 * DAY);
  });

  it('passes what one of the waves that were learnt from was like, as a day of the week', () => {
    expect(changedInViews(viewed([0, 3, 0, 0, 3, 3]), 4 * DAY)).toBeUndefined();
    expect(changedInViews(viewed([0, 0, 0, 0, 3, 3]), 0)).toBeUndefined();
  });

  it('says nothing by waves of a few windows', () => {
    expect(changedInViews(viewed([0, 0, 0, 9, 9], 63), 3 * DAY)).toBeUndefined();
    expect(changedInViews(viewed([0, 0, 0, 9, 9], 64), 3 * DAY)?.since).toBe(3 * DAY);
  });
});
