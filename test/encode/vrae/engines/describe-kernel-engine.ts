import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { KernelEngine } from '../../../../src/encode/vrae/engines/kernel-engine.js';
import type { FloatBuffer, LayerSpec, MatrixProduct } from '../../../../src/encode/vrae/recurrent-engine.js';
import { createRandom } from '../../../../src/numeric/random.js';
import { describeOperations } from './describe-operations.js';
import { type LayerInput, type LayerResult, randomInput, runNaively } from './naive-recurrence.js';
import { relativeError, runLayer } from './run-layer.js';

/** Single precision over up to some 20 steps. */
const TOLERANCE = 2e-5;

interface Fixture {
  readonly spec: LayerSpec;
  readonly input: Readonly<Record<Exclude<keyof LayerInput, 'rows'>, readonly number[]>>;
  readonly result: Readonly<Record<keyof LayerResult, readonly number[]>>;
}

const FIXTURES: Readonly<Record<string, Fixture>> = JSON.parse(
  readFileSync(new URL('fixtures/torch-recurrence.json', import.meta.url), 'utf8'),
);

const SPECS = fc.record({
  cell: fc.constantFrom('lstm' as const, 'gru' as const),
  steps: fc.constantFrom(1, 2, 5, 12),
  inputs: fc.constantFrom(0, 1, 7, 17),
  hidden: fc.constantFrom(1, 3, 8, 13, 16, 31, 33, 50),
  rows: fc.constantFrom(1, 2, 3, 6, 37, 75),
  outputs: fc.constantFrom('all' as const, 'last' as const),
  inputGradients: fc.boolean(),
  share: fc.constantFrom(1, 0.6, 0.01),
  seed: fc.nat(),
});

/** What every engine over the kernel must do. */
export function describeKernelEngine(title: string, create: () => KernelEngine): void {
  describe(title, () => {
    const engine = create();
    afterAll(() => engine.dispose());
    describeOperations(engine);

    it('computes outputs and gradients of any layer', () => {
      fc.assert(
        fc.property(SPECS, ({ share, seed, ...shape }) => {
          const spec: LayerSpec = { ...shape, training: true };
          // Moderate weights: where a gate saturates, single precision keeps few digits of its slope.
          const scale = 0.7 / Math.sqrt(spec.hidden + spec.inputs + 1);
          const input = randomInput(spec, Math.ceil(spec.rows * share), seed, scale);
          const result = runLayer(engine, spec, input);
          const naive = runNaively(spec, input);
          const expected = spec.inputGradients ? naive : { ...naive, inputGradients: new Float64Array(0) };
          for (const [name, values] of Object.entries(expected) as [keyof LayerResult, Float64Array][]) {
            expect(relativeError(result[name], values), name).toBeLessThan(TOLERANCE);
          }
        }),
        { numRuns: 60, seed: 7 },
      );
    });

    it('gives the same outputs without training as with it', () => {
      fc.assert(
        fc.property(SPECS, ({ share, seed, ...shape }) => {
          const spec: LayerSpec = { ...shape, training: true };
          const input = randomInput(spec, Math.ceil(spec.rows * share), seed);
          const trained = runLayer(engine, spec, input);
          const inferred = runLayer(engine, { ...spec, training: false }, input);
          expect(inferred.outputs).toEqual(trained.outputs);
          expect(inferred.finalCell).toEqual(trained.finalCell);
        }),
        { numRuns: 30, seed: 8 },
      );
    });

    it('gives a row the same outputs alone as among others', () => {
      const spec: LayerSpec = {
        cell: 'lstm',
        steps: 3,
        inputs: 2,
        hidden: 40,
        rows: 50,
        training: false,
        outputs: 'last',
      };
      const input = randomInput(spec, 50, 3);
      const together = runLayer(engine, spec, input);
      for (const row of [0, 17, 49]) {
        const part = (values: Float64Array) => values.slice(row * 40, (row + 1) * 40);
        const alone = runLayer(engine, spec, {
          ...input,
          rows: 1,
          inputs: Float64Array.from({ length: 6 }, (_, i) => input.inputs[((i >> 1) * 50 + row) * 2 + (i & 1)]!),
          initialHidden: part(input.initialHidden),
          initialCell: part(input.initialCell),
          outputGradients: part(input.outputGradients),
        });
        expect(alone.outputs).toEqual(part(together.outputs));
      }
    });

    it.each(Object.entries(FIXTURES))('agrees with PyTorch on %s', (_, { spec, input, result }) => {
      const arrays = Object.fromEntries(
        Object.entries(input).map(([name, values]) => [name, Float64Array.from(values)]),
      );
      const actual = runLayer(engine, spec, { ...(arrays as unknown as LayerInput), rows: spec.rows });
      for (const [name, values] of Object.entries(result) as [keyof LayerResult, readonly number[]][]) {
        expect(relativeError(actual[name], values), name).toBeLessThan(TOLERANCE);
      }
    });

    it('saturates without overflow, and passes on what is not a number', () => {
      const spec: LayerSpec = {
        cell: 'lstm',
        steps: 2,
        inputs: 1,
        hidden: 2,
        rows: 2,
        training: true,
        outputs: 'all',
      };
      const input = { ...randomInput(spec, 2, 5), inputs: Float64Array.of(1e30, Number.NaN, -1e30, 0) };
      const { outputs } = runLayer(engine, spec, input);
      for (const i of [0, 1, 4, 5]) expect(Math.abs(outputs[i]!)).toBeLessThanOrEqual(1);
      for (const i of [2, 3, 6, 7]) expect(outputs[i]).toBeNaN();
    });

    it('multiplies matrices of any shape', () => {
      const size = fc.constantFrom(1, 2, 3, 5, 16, 20, 33, 50, 90);
      fc.assert(
        fc.property(
          fc.record({ m: size, n: size, inner: size, transposeA: fc.boolean(), transposeB: fc.boolean() }),
          fc.boolean(),
          fc.nat(),
          ({ m, n, inner, transposeA, transposeB }, accumulate, seed) => {
            const random = createRandom(seed);
            const allocate = (length: number) => {
              const buffer = engine.allocate(length);
              for (let i = 0; i < length; i++) buffer.values[i] = random.normal();
              return buffer;
            };
            const [a, b, out] = [allocate(m * inner), allocate(inner * n), allocate(m * n)];
            const product: MatrixProduct = { a, b, out, m, n, inner, transposeA, transposeB, accumulate };
            const expected = multiplyNaively(product);
            engine.multiply(product);
            expect(relativeError(out.values, expected)).toBeLessThan(3e-6);
          },
        ),
        { numRuns: 150, seed: 9 },
      );
    });

    it('takes weights that were packed before, to the same bits', () => {
      const random = createRandom(12);
      for (const [m, n, inner] of [
        [1, 16, 1],
        [7, 17, 90],
        [70, 130, 33],
      ] as const) {
        const [a, b] = [m * inner, n * inner].map((length) => {
          const buffer = engine.allocate(length);
          for (let i = 0; i < length; i++) buffer.values[i] = random.normal();
          return buffer;
        }) as [FloatBuffer, FloatBuffer];
        const { packedLength, packWeights } = engine.operations;
        const packed = engine.allocate(packedLength(n, inner));
        packWeights(b, n, inner, packed);
        const [plainly, out] = [engine.allocate(m * n), engine.allocate(m * n)];
        engine.multiply({ a, b, out: plainly, m, n, inner, transposeB: true });
        engine.multiply({ a, b, packed, out, m, n, inner, transposeB: true });
        expect(out.values).toEqual(plainly.values);
        expect(() => engine.multiply({ a, b, packed, out, m, n, inner })).toThrow('takes them transposed');
      }
      expect(engine.operations.packedLength(15, 8)).toBe(0);
    });

    it('measures squared distances', () => {
      const sizes = fc.record({
        rows: fc.constantFrom(1, 3, 100),
        count: fc.constantFrom(1, 5, 17, 50),
        size: fc.constantFrom(1, 8, 20),
      });
      fc.assert(
        fc.property(sizes, fc.nat(), ({ rows, count, size }, seed) => {
          const random = createRandom(seed);
          const points = engine.allocate(rows * size);
          const centroids = engine.allocate(count * size);
          const out = engine.allocate(rows * count);
          for (const buffer of [points, centroids]) {
            for (let i = 0; i < buffer.length; i++) buffer.values[i] = random.normal();
          }
          engine.squaredDistances({ points, centroids, out, rows, count, size });
          const expected = Float64Array.from({ length: rows * count }, (_, at) => {
            let sum = 0;
            for (let i = 0; i < size; i++) {
              const x = points.values[Math.floor(at / count) * size + i]!;
              sum += (x - centroids.values[(at % count) * size + i]!) ** 2;
            }
            return sum;
          });
          expect(relativeError(out.values, expected)).toBeLessThan(1e-6);
        }),
        { numRuns: 30, seed: 10 },
      );
    });

    it('says so when no memory holds a layer, and goes on', () => {
      const spec: LayerSpec = {
        cell: 'lstm',
        steps: 2 ** 20,
        inputs: 1,
        hidden: 2 ** 20,
        rows: 2 ** 20,
        training: true,
        outputs: 'all',
      };
      expect(() => engine.createLayer(spec)).toThrow(/does not get the memory that it needs.*Lower encoder\.batch/);
      expect(engine.allocate(3).values).toHaveLength(3);
    });

    it('refuses sizes that are none, calls that do not fit, and other arrays than its own', () => {
      const spec: LayerSpec = {
        cell: 'gru',
        steps: 2,
        inputs: 1,
        hidden: 2,
        rows: 3,
        training: false,
        outputs: 'all',
      };
      expect(() => engine.createLayer({ ...spec, hidden: 0 })).toThrow('hidden of a recurrent layer');
      expect(() => engine.createLayer({ ...spec, steps: 1.5 })).toThrow('steps of a recurrent layer');
      const layer = engine.createLayer(spec);
      expect(() => layer.load(new Float32Array(7))).toThrow('the layer has 26 weights; got 7');
      expect(() => layer.forward(4)).toThrow('a layer for 3 rows was called with 4');
      expect(() => layer.backward(3)).toThrow('made for training');
      const a = engine.allocate(4);
      expect(() => engine.multiply({ a, b: a, out: engine.allocate(3), m: 2, n: 2, inner: 2 })).toThrow('does not fit');
      const foreign = { length: 4, values: new Float32Array(4) };
      expect(() => engine.multiply({ a, b: foreign, out: engine.allocate(4), m: 2, n: 2, inner: 2 })).toThrow(
        'a product takes buffers that its engine allocated',
      );
    });
  });
}

function multiplyNaively({ a, b, out, m, n, inner, ...how }: MatrixProduct): Float64Array {
  const result = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = how.accumulate ? out.values[i * n + j]! : 0;
      for (let p = 0; p < inner; p++) {
        const x = a.values[how.transposeA ? p * m + i : i * inner + p]!;
        sum += x * b.values[how.transposeB ? j * inner + p : p * n + j]!;
      }
      result[i * n + j] = sum;
    }
  }
  return result;
}
