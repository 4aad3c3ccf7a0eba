import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { loadNativeAddon } from '../../src/encode/vrae/engines/native/native-addon.js';
import { createNativeEngine } from '../../src/encode/vrae/engines/native/native-engine.js';
import { createWasmEngine } from '../../src/encode/vrae/engines/wasm/wasm-engine.js';
import { bestInstructions } from '../../src/encode/vrae/engines/wasm/wasm-module.js';
import { assignPlainly } from '../../src/numeric/assign-plainly.js';
import type { NearestEngine, NearestTask } from '../../src/numeric/nearest-engine.js';
import { createRandom } from '../../src/numeric/random.js';

type Run = (task: NearestTask) => void;

const wasm = createWasmEngine({ instructions: 'simd128' });
const engines: [string, NearestEngine & { dispose(): void }][] = [['wasm', wasm]];
if (bestInstructions() === 'relaxed') engines.push(['relaxed wasm', createWasmEngine({ instructions: 'relaxed' })]);
if (loadNativeAddon().available) {
  for (const instructions of ['avx512', 'avx2', 'baseline'] as const) {
    engines.push([instructions, createNativeEngine({ instructions })]);
  }
}

const numbers = ['distances', 'margins', 'confidences'] as const;
const columns = ['nearest', ...numbers] as const;

function taskOf(points: Float32Array, centroids: Float32Array, size: number, softness = 1): NearestTask {
  const rows = points.length / size;
  return {
    ...{ points, centroids, count: centroids.length / size, size, softness },
    nearest: new Uint16Array(rows).fill(77),
    distances: new Float32Array(rows),
    margins: new Float32Array(rows),
    confidences: new Float32Array(rows),
  };
}

/** A new task with the same question, answered. */
function answer(run: Run, { points, centroids, size, softness }: NearestTask): NearestTask {
  const task = taskOf(points, centroids, size, softness);
  run(task);
  return task;
}

function draw(seed: number, rows: number, count: number, size: number): NearestTask {
  const random = createRandom(seed);
  const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
  return taskOf(normal(rows * size), normal(count * size), size, size / 4);
}

const sizes = fc.record({
  rows: fc.constantFrom(0, 1, 5, 17, 300),
  count: fc.constantFrom(1, 2, 3, 5, 10, 50),
  size: fc.constantFrom(1, 2, 8, 20, 64),
  seed: fc.nat(),
});

afterAll(() => {
  for (const [, engine] of engines) engine.dispose();
});

describe.each(engines)('nearest centroids on %s', (_, engine) => {
  const run: Run = (task) => engine.assignNearest(task);

  it('are those of plain typed arrays, within single precision', () => {
    fc.assert(
      fc.property(sizes, ({ rows, count, size, seed }) => {
        const asked = draw(seed, rows, count, size);
        const got = answer(run, asked);
        const expected = answer(assignPlainly, asked);
        for (let i = 0; i < rows; i++) {
          // Where two are nearly as near, either may be called the nearest.
          if (expected.margins[i]! > 1e-5) expect(got.nearest[i]).toBe(expected.nearest[i]);
          for (const column of numbers) {
            expect(Math.abs(got[column][i]! - expected[column][i]!), column).toBeLessThan(1e-5 * (1 + size / 8));
          }
        }
      }),
      { numRuns: 60, seed: 4 },
    );
  });

  it('are the same bits as on every other engine, and as of each point alone', () => {
    fc.assert(
      fc.property(sizes, ({ rows, count, size, seed }) => {
        const asked = draw(seed, rows, count, size);
        const got = answer(run, asked);
        const reference = answer((task) => wasm.assignNearest(task), asked);
        for (const column of columns) expect(got[column]).toEqual(reference[column]);
        if (rows === 0) return;
        const last = (rows - 1) * size;
        const alone = answer(run, { ...asked, points: asked.points.subarray(last) });
        for (const column of columns) expect(alone[column][0]).toBe(got[column][rows - 1]);
      }),
      { numRuns: 40, seed: 5 },
    );
  });
});

describe.each([['plain typed arrays', { assignNearest: assignPlainly }] as const, ...engines])(
  'nearest centroids on %s',
  (_, engine) => {
    const of = (points: number[], centroids: number[], size = 1, softness = 1): NearestTask =>
      answer((task) => engine.assignNearest(task), {
        ...taskOf(Float32Array.from(points), Float32Array.from(centroids), size, softness),
      });

    it('are the first of those that are as near', () => {
      const got = of([0, 1, 3], [5, 1, -1, 1, 5]);
      expect([...got.nearest]).toEqual([1, 1, 0]);
      expect([...got.margins]).toEqual([0, 0, 0]);
    });

    it('pass over what is not finite, or too far to tell', () => {
      const got = of([Number.NaN, 0, Number.POSITIVE_INFINITY, 0, 1e30, 0, 1, 0], [0, 0, 1, 0], 2);
      expect([...got.nearest]).toEqual([0, 0, 0, 1]);
      expect([...got.distances]).toEqual([Number.NaN, Number.NaN, Number.NaN, 0]);
      expect([...got.margins]).toEqual([0, 0, 0, 1]);
      expect([...got.confidences.subarray(0, 3)]).toEqual([0.5, 0.5, 0.5]);
    });

    it('are sure of the only one, and of one whose second is too far to tell', () => {
      expect([...of([0], [2]).margins, ...of([0], [2]).confidences]).toEqual([1, 1]);
      expect([...of([0], [2, 1e30]).margins, ...of([0], [2, 1e30]).confidences]).toEqual([1, 1]);
    });

    it('share confidence between ties alone, where softness is next to nothing', () => {
      expect([...of([0, 0.9], [0, 0, 1], 1, Number.MIN_VALUE).confidences]).toEqual([0.5, 1]);
    });
  },
);

describe('an engine over the kernel', () => {
  it.each(engines)('refuses arrays that do not fit together on %s', (_, engine) => {
    const task = draw(1, 4, 3, 2);
    for (const wrong of [
      { points: task.points.subarray(2) },
      { centroids: task.centroids.subarray(1) },
      { margins: task.margins.subarray(1) },
      { count: 0, centroids: task.centroids.subarray(6) },
    ]) {
      expect(() => engine.assignNearest({ ...task, ...wrong })).toThrow('do not fit');
    }
  });
});
