import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { loadNativeAddon } from '../../src/encode/vrae/engines/native/native-addon.js';
import { createNativeEngine } from '../../src/encode/vrae/engines/native/native-engine.js';
import { createWasmEngine } from '../../src/encode/vrae/engines/wasm/wasm-engine.js';
import { bestInstructions } from '../../src/encode/vrae/engines/wasm/wasm-module.js';
import { createDtwMeter } from '../../src/numeric/dtw.js';
import { createRandom } from '../../src/numeric/random.js';
import { warpPlainly } from '../../src/numeric/warp-plainly.js';
import type { WarpingEngine, WarpingTask } from '../../src/numeric/warping-engine.js';

const engines: [string, WarpingEngine & { dispose(): void }][] = [
  ['wasm', createWasmEngine({ instructions: 'simd128' })],
];
if (bestInstructions() === 'relaxed') engines.push(['relaxed wasm', createWasmEngine({ instructions: 'relaxed' })]);
if (loadNativeAddon().available) {
  for (const instructions of ['avx512', 'avx2', 'baseline'] as const) {
    engines.push([instructions, createNativeEngine({ instructions })]);
  }
}

interface Sizes {
  readonly rows: number;
  readonly count: number;
  readonly steps: number;
  readonly channels: number;
  readonly band: number;
  readonly seed: number;
}

const sizes: fc.Arbitrary<Sizes> = fc.record({
  rows: fc.constantFrom(0, 1, 3, 70),
  // Less than a vector, several, and more than go through the steps together.
  count: fc.constantFrom(1, 5, 32, 33, 67),
  steps: fc.constantFrom(1, 2, 9, 24),
  channels: fc.constantFrom(1, 2, 3),
  band: fc.constantFrom(0, 1, 2, 100),
  seed: fc.nat(),
});

function taskOf({ rows, count, steps, channels, band, seed }: Sizes): WarpingTask {
  const random = createRandom(seed);
  const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
  const cells = steps * channels;
  const squared = new Float32Array(rows * count).fill(-1);
  return { steps, channels, band, series: draw(rows * cells), references: draw(count * cells), squared };
}

function squaredBy(engine: WarpingEngine, task: WarpingTask): Float32Array {
  const squared = task.squared.slice();
  engine.warp({ ...task, squared });
  return squared;
}

const plainly = { warp: warpPlainly };

afterAll(() => {
  for (const [, engine] of engines) engine.dispose();
});

describe('distances by time warping in plain typed arrays', () => {
  it('are those of the meter, within single precision', () => {
    fc.assert(
      fc.property(sizes, (asked) => {
        const task = taskOf(asked);
        const cells = asked.steps * asked.channels;
        const meter = createDtwMeter(task);
        const differences = squaredBy(plainly, task).map((squared, at) => {
          const [row, reference] = [Math.floor(at / asked.count), at % asked.count];
          const expected = meter.squared(task.series, row * cells, task.references, reference * cells);
          return Math.abs(squared - expected) / expected;
        });
        expect(Math.max(0, ...differences)).toBeLessThan(1e-5);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('are the same the other way round', () => {
    const task = taskOf({ rows: 3, count: 5, steps: 24, channels: 2, band: 3, seed: 7 });
    const back = squaredBy(plainly, { ...task, series: task.references, references: task.series });
    const there = squaredBy(plainly, task);
    for (let at = 0; at < 15; at++) expect(back[(at % 5) * 3 + Math.floor(at / 5)]).toBe(there[at]);
  });
});

describe.each(engines)('distances by time warping on %s', (_, engine) => {
  it('are bit for bit those of plain typed arrays', () => {
    fc.assert(
      fc.property(sizes, (asked) => {
        const task = taskOf(asked);
        expect(squaredBy(engine, task)).toEqual(squaredBy(plainly, task));
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it('are infinite where single precision has no number for them, and 0 of equals', () => {
    const far = Float32Array.of(1e30, 0);
    const task: WarpingTask = {
      ...{ steps: 2, channels: 1, band: 1, series: far },
      ...{ references: Float32Array.of(-1e30, 0, 1e30, 0), squared: new Float32Array(2) },
    };
    expect([...squaredBy(engine, task)]).toEqual([Number.POSITIVE_INFINITY, 0]);
  });

  it('are refused of arrays that do not fit together', () => {
    const task = taskOf({ rows: 3, count: 2, steps: 4, channels: 2, band: 1, seed: 1 });
    for (const wrong of [
      { series: task.series.subarray(1) },
      { references: task.references.subarray(8) },
      { squared: task.squared.subarray(1) },
      { steps: 0 },
      { channels: 1.5 },
      { band: -1 },
    ]) {
      expect(() => engine.warp({ ...task, ...wrong }), JSON.stringify(wrong)).toThrow('do not fit');
    }
  });
});
