import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeviatingRun, findDeviatingRuns } from '../../src/anomaly/deviating-run.js';

const LENGTHS = [1, 2, 3, 4, 6, 8, 12];

describe('the runs that a window is told by', () => {
  it('do not go through a spike where usage is low before and after it', () => {
    const deviations = Float64Array.of(-3, -3, 20, -3, -3, 0.5, -3);
    const runs = findDeviatingRuns(deviations, 7, 1);
    // 20 alone; then -3 - 3 + 0.5 - 3 over √4, and -6 over √2.
    expect(runs.map(({ first, end }) => [first, end])).toEqual([
      [2, 3],
      [3, 7],
      [0, 2],
    ]);
    expect(runs[1]!.deviation).toBeCloseTo(-8.5 / 2, 10);
  });

  it('are those that a search through all of them finds', () => {
    // Eighths, whose sums are exact in any order: a run of exactly 3 counts here as there.
    const deviation = fc.oneof(
      fc.constant(0),
      fc.integer({ min: -64, max: 64 }).map((eighths) => eighths / 8),
    );
    const cells = fc.tuple(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 1, max: 3 })).chain(([steps, channels]) =>
      fc.record({
        steps: fc.constant(steps),
        channels: fc.constant(channels),
        deviations: fc.array(deviation, { minLength: steps * channels, maxLength: steps * channels }),
      }),
    );
    fc.assert(
      fc.property(cells, ({ steps, channels, deviations }) => {
        const found = findDeviatingRuns(Float64Array.from(deviations), steps, channels);
        const taken = new Set<number>();
        for (const [i, run] of found.entries()) {
          const most = mostOf(deviations, steps, channels, taken);
          expect(Math.abs(run.deviation)).toBeCloseTo(most, 10);
          expect(i === 0 || Math.abs(run.deviation) >= 3).toBe(true);
          const cellsOf = cellsIn(run, channels);
          expect(cellsOf.some((cell) => taken.has(cell))).toBe(false);
          expect(cellsOf.every((cell) => deviations[cell]! * Math.sign(run.deviation) >= -1)).toBe(true);
          for (const cell of cellsOf) taken.add(cell);
        }
        if (found.length < 3) expect(mostOf(deviations, steps, channels, taken)).toBeLessThan(3);
      }),
      { numRuns: 300 },
    );
  });
});

function cellsIn({ channel, first, end }: DeviatingRun, channels: number): number[] {
  return Array.from({ length: end - first }, (_, i) => (first + i) * channels + channel);
}

/** Tries every run of every length and direction. */
function mostOf(deviations: readonly number[], steps: number, channels: number, taken: ReadonlySet<number>): number {
  let most = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let first = 0; first < steps; first++) {
      for (const length of LENGTHS.filter((length) => first + length <= steps)) {
        const cells = cellsIn({ channel, first, end: first + length, deviation: 0 }, channels);
        if (cells.some((cell) => taken.has(cell))) continue;
        const values = cells.map((cell) => deviations[cell]!);
        const sum = values.reduce((a, b) => a + b, 0);
        if (values.some((value) => value * Math.sign(sum) < -1)) continue;
        most = Math.max(most, Math.abs(sum) / Math.sqrt(length));
      }
    }
  }
  return most;
}
