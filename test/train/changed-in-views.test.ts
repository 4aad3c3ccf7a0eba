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
    expect(changedInViews(viewed([0, 0, 0, 0, 0, 0]), 4 * DAY, 0)).toBeUndefined();
    expect(changedInViews(viewed([0, 0, 0, 0, 3, 0]), 4 * DAY, 0)).toBeUndefined();
  });

  it('tells since when waves are new, and by how much', () => {
    const { since, shift } = changedInViews(viewed([0, 0, 0, 0, 0, 3, 3]), 4 * DAY, 0)!;
    expect(since).toBe(5 * DAY);
    // Two views of variance 1: a move by 3 is 3 / √2 spreads.
    expect(shift).toBeCloseTo(3 / Math.SQRT2, 0);
    expect(changedInViews(viewed([0, 0, 0, 0, 3, 0, 3]), 4 * DAY, 0)?.since).toBe(6 * DAY);
  });

  it('passes what one of the waves that were learnt from was like, as a day of the week', () => {
    expect(changedInViews(viewed([0, 3, 0, 0, 3, 3]), 4 * DAY, 0)).toBeUndefined();
    expect(changedInViews(viewed([0, 0, 0, 0, 3, 3]), 0, 0)).toBeUndefined();
  });

  it('takes what comes before a whole cycle has been seen for known, of which weekends are a part', () => {
    const weekend = viewed([0, 0, 0, 0, 0, 3, 3]);
    expect(changedInViews(weekend, 4 * DAY, 5 * DAY)?.since).toBe(5 * DAY);
    expect(changedInViews(weekend, 4 * DAY, 7 * DAY)).toBeUndefined();
    const weeks = [0, 0, 0, 0, 0, 3, 3];
    expect(changedInViews(viewed([...weeks, ...weeks]), 4 * DAY, 7 * DAY)).toBeUndefined();
    expect(changedInViews(viewed([...weeks, 0, 0, 9, 9]), 4 * DAY, 7 * DAY)?.since).toBe(9 * DAY);
    // The first odd day is of the cycle that is known only then.
    expect(changedInViews(viewed([0, 0, 0, 3, 3]), 2 * DAY, 3 * DAY + 1)).toBeUndefined();
    expect(changedInViews(viewed([0, 0, 0, 3, 3]), 2 * DAY, 3 * DAY)?.since).toBe(3 * DAY);
  });

  it('finds what came step by step, each like the one before', () => {
    expect(changedInViews(viewed([0, 0, 0, 0.3, 0.6, 0.9, 1.2, 1.5]), 3 * DAY, 3 * DAY)).toBeDefined();
  });

  it('counts no event time twice where windows overlap, nor any that lies between them', () => {
    const days = viewed([0, 0, 0, 0, 3]);
    const overlapping = { ...days, starts: days.starts.map((start) => start - DAY) };
    expect(changedInViews(overlapping, 4 * DAY, 5 * DAY)?.since).toBe(3 * DAY);
    expect(changedInViews(overlapping, 4 * DAY, 5 * DAY + 1)).toBeUndefined();
    const apart = { ...days, starts: days.starts.map((start) => start + DAY / 2) };
    expect(changedInViews(apart, 4 * DAY, 2 * DAY)?.since).toBe(4.5 * DAY);
    expect(changedInViews(apart, 4 * DAY, 2 * DAY + 1)).toBeUndefined();
  });

  it('says nothing by waves of a few windows', () => {
    expect(changedInViews(viewed([0, 0, 0, 9, 9], 63), 3 * DAY, 0)).toBeUndefined();
    expect(changedInViews(viewed([0, 0, 0, 9, 9], 64), 3 * DAY, 0)?.since).toBe(3 * DAY);
  });
});
