import fc from 'fast-check';
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

/** Windows in whole numbers, whose sums are exact in any order. */
const windowsArbitrary = fc.array(
  fc.record({
    segment: fc.nat(1),
    start: fc.nat(1_000),
    coordinate: fc.integer({ min: -100, max: 100 }),
    distance: fc.nat(100),
    error: fc.oneof(fc.nat(100), fc.constant(Number.NaN)),
  }),
  { maxLength: 3 * RUN_WINDOWS + 5 },
);

it('gives the runs that chunks of the windows, each summed up by itself, are', () => {
  fc.assert(
    fc.property(windowsArbitrary, (windows) => {
      const runs: WindowRun[] = [];
      for (const { coordinate, ...window } of windows) {
        addToRuns(runs, shape, { ...window, points: Float32Array.of(-1, coordinate), offset: 1 });
      }
      const chunks = Array.from({ length: Math.ceil(windows.length / RUN_WINDOWS) }, (_, i) =>
        windows.slice(i * RUN_WINDOWS, (i + 1) * RUN_WINDOWS),
      );
      const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
      expect(runs).toEqual(
        chunks.map((chunk) => ({
          start: Math.min(...chunk.map(({ start }) => start)),
          counts: Float64Array.from([0, 1], (j) => chunk.filter(({ segment }) => segment === j).length),
          sums: Float64Array.of(
            total(chunk.map(({ coordinate }) => coordinate)),
            total(chunk.map(({ distance }) => distance)),
            total(chunk.map(({ error }) => (Number.isNaN(error) ? 0 : error))),
          ),
        })),
      );
    }),
    { numRuns: 50 },
  );
});
