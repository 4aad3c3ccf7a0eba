import { afterAll, describe, expect, it } from 'vitest';
import { loadNativeAddon } from '../../src/encode/vrae/engines/native/native-addon.js';
import { createNativeEngine } from '../../src/encode/vrae/engines/native/native-engine.js';
import { createWasmEngine } from '../../src/encode/vrae/engines/wasm/wasm-engine.js';
import { bestInstructions } from '../../src/encode/vrae/engines/wasm/wasm-module.js';
import type { ComponentEngine, ProjectionTask } from '../../src/numeric/component-engine.js';
import { eigenpairs } from '../../src/numeric/eigenpairs.js';
import { measureColumns } from '../../src/numeric/measure-columns.js';
import { principalComponents } from '../../src/numeric/principal-components.js';
import { createRandom } from '../../src/numeric/random.js';

const engines: [string, ComponentEngine & { dispose(): void }][] = [
  ['wasm', createWasmEngine({ instructions: 'simd128' })],
];
if (bestInstructions() === 'relaxed') engines.push(['relaxed wasm', createWasmEngine({ instructions: 'relaxed' })]);
if (loadNativeAddon().available) {
  for (const instructions of ['avx512', 'avx2', 'baseline'] as const) {
    engines.push([instructions, createNativeEngine({ instructions })]);
  }
}

const random = createRandom(5);
const singles = (length: number, scale = 1) => Float32Array.from({ length }, () => scale * random.normal());
const doubles = (length: number) => Float64Array.from({ length }, () => random.normal());

/** More rows than are copied in at a time, and not a multiple of those that are summed in single precision. */
const ROWS = 1100;
const COUNT = 37;
const values = singles(ROWS * COUNT, 3);
const means = doubles(COUNT);
const weights = doubles(COUNT);

/** In the order of operations that the engines promise. */
function scatterPlainly(): Float64Array {
  const weighted = values.map((value, p) => (value - means[p % COUNT]!) * weights[p % COUNT]!);
  const sums = new Float64Array(COUNT * COUNT);
  for (let i = 0; i < COUNT; i++) {
    for (let j = 0; j < COUNT; j++) {
      for (let from = 0; from < ROWS; from += 128) {
        let some = 0;
        for (let row = from; row < Math.min(ROWS, from + 128); row++) {
          some = Math.fround(some + Math.fround(weighted[row * COUNT + i]! * weighted[row * COUNT + j]!));
        }
        sums[i * COUNT + j]! += some;
      }
    }
  }
  return sums;
}

function projectPlainly({
  features,
  rows,
  bounds,
  means: centers,
  projection,
  size,
  out,
  offset,
  stride,
}: ProjectionTask) {
  const count = centers.length;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let k = 0; k < count; k++) {
        const feature = features[row * count + k]!;
        const within = bounds === undefined ? feature : Math.min(Math.max(feature, bounds[k]!), bounds[count + k]!);
        sum = Math.fround(sum + Math.fround(Math.fround(within - centers[k]!) * projection[i * count + k]!));
      }
      out[row * stride + offset + i] = sum;
    }
  }
}

function projectionTask(rows: number, size: number, clipped: boolean): ProjectionTask {
  const bounds = Float32Array.from({ length: 2 * COUNT }, (_, i) => (i < COUNT ? -2 : 1.5));
  return {
    ...{ features: values, rows, bounds: clipped ? bounds : undefined, means: Float32Array.from(means) },
    ...{ projection: singles(size * COUNT), size, out: new Float32Array(rows * (size + 5)).fill(9) },
    ...{ offset: 3, stride: size + 5 },
  };
}

afterAll(() => {
  for (const [, engine] of engines) engine.dispose();
});

describe.each(engines)('principal components on %s', (_, engine) => {
  it('come of the sums over columns that plain typed arrays have, to the bit', () => {
    expect(measureColumns(values, ROWS, COUNT, engine)).toEqual(measureColumns(values, ROWS, COUNT));
    expect(measureColumns(Float32Array.of(1, 3, 8), 3, 1, engine)).toEqual({
      means: Float64Array.of(4),
      deviations: Float64Array.of(Math.sqrt(26 / 3)),
    });
  });

  it('come of products that are summed as promised, to the bit', () => {
    const sums = new Float64Array(COUNT * COUNT);
    engine.addScatter({ values, means, weights, sums });
    expect(sums).toEqual(scatterPlainly());
  });

  it('are those of the whole decomposition', async () => {
    const sums = new Float64Array(COUNT * COUNT);
    engine.addScatter({ values, means, weights, sums });
    const whole = await eigenpairs(sums, COUNT);
    const [found, vectors] = [new Float64Array(COUNT), new Float64Array(COUNT * COUNT)];
    const count = engine.leadingEigenpairs({ symmetric: sums, size: COUNT, least: 0, values: found, vectors });
    expect(count).toBe(COUNT);
    for (let k = 0; k < COUNT; k++) {
      expect(found[k]! / whole.values[0]!).toBeCloseTo(whole.values[k]! / whole.values[0]!, 13);
      const ours = vectors.subarray(k * COUNT, (k + 1) * COUNT);
      const along = ours.reduce((sum, x, i) => sum + x * whole.vectors[k * COUNT + i]!, 0);
      expect(Math.abs(along)).toBeCloseTo(1, 9);
    }
    const options = { leastShare: 0.02, most: 20 };
    const plain = await principalComponents(sums, COUNT, options);
    const components = await principalComponents(sums, COUNT, options, engine);
    expect(components.count).toBe(plain.count);
    expect([...components.vectors]).toEqual([...plain.vectors].map((x) => expect.closeTo(x, 9)));
  });

  it('of nothing, or of what is not finite, are left to others', () => {
    for (const number of [0, Number.NaN, Number.POSITIVE_INFINITY]) {
      const task = { symmetric: Float64Array.of(number, 0, 0, number), size: 2, least: 0 };
      const room = { values: new Float64Array(1), vectors: new Float64Array(2) };
      expect(engine.leadingEigenpairs({ ...task, ...room })).toBe(0);
    }
  });

  it.each([
    [1, 1, false],
    [7, 33, true],
    [ROWS, 6, false],
  ])('project %i rows onto %i of them as promised, to the bit', (rows, size, clipped) => {
    const task = projectionTask(rows, size, clipped);
    const wanted = { ...task, out: task.out.slice() };
    projectPlainly(wanted);
    engine.project(task);
    expect(task.out).toEqual(wanted.out);
  });

  it('are refused of arrays that do not fit together', () => {
    const sums = new Float64Array(COUNT * COUNT);
    const wrong: (() => unknown)[] = [
      () => engine.addColumns({ values: values.subarray(1), centers: undefined, sums: means.slice() }),
      () => engine.addColumns({ values, centers: means.subarray(1), sums: means.slice() }),
      () => engine.addScatter({ values, means, weights: weights.subarray(1), sums }),
      () => engine.addScatter({ values, means, weights, sums: sums.subarray(1) }),
      () => engine.leadingEigenpairs({ symmetric: sums, size: COUNT, least: 0, values: means, vectors: sums.slice(1) }),
      () =>
        engine.leadingEigenpairs({ symmetric: sums.subarray(1), size: COUNT, least: 0, values: means, vectors: sums }),
      () => engine.project({ ...projectionTask(3, 2, true), bounds: new Float32Array(COUNT) }),
      () => engine.project({ ...projectionTask(3, 2, true), rows: 4 }),
      () => engine.project({ ...projectionTask(3, 2, true), offset: 6 }),
    ];
    for (const call of wrong) expect(call, call.toString()).toThrow('do not fit');
  });
});
