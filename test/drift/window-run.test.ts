import { expect, it } from 'vitest';
import { addToRuns, joinRuns, RUN_WINDOWS, type WindowRun } from '../../src/drift/window-run.js';

const shape = { k: 2, columns: 3 };
const points = Float32Array.of(7, 2);

const place = (segment: number, start: number, error = 1) => ({
  ...{ segment, start, error },
  ...{ points, offset: 1, distance: 0.5 },
});

it('sums windows up in the order in which they come, and begins another run when one is full', () => {
  const runs: WindowRun[] = [];
  for (let i = 0; i < RUN_WINDOWS + 1; i++) addToRuns(runs, shape, place(i % 4 === 0 ? 1 : 0, 100 - i));
  expect(runs).toEqual([
    { start: 100 - 31, counts: Float64Array.of(24, 8), sums: Float64Array.of(64, 16, 32) },
    { start: 100 - 32, counts: Float64Array.of(0, 1), sums: Float64Array.of(2, 0.5, 1) },
  ]);
});

it('counts an error that is not finite as none', () => {
  const runs: WindowRun[] = [];
  addToRuns(runs, shape, place(0, 5, Number.NaN));
  addToRuns(runs, shape, place(0, 9, 3));
  expect(runs).toEqual([{ start: 5, counts: Float64Array.of(2, 0), sums: Float64Array.of(4, 1, 3) }]);
});

it('joins two runs to one of all their windows', () => {
  const run = (start: number, counts: number[], sums: number[]): WindowRun => ({
    start,
    counts: Float64Array.from(counts),
    sums: Float64Array.from(sums),
  });
  expect(joinRuns(run(8, [1, 2], [3, 4, 5]), run(6, [0, 1], [1, -1, 2]))).toEqual(run(6, [1, 3], [4, 3, 7]));
});
