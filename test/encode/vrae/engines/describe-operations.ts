import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toTaps } from '../../../../src/encode/cnn/taps.js';
import { PLAIN_OPERATIONS } from '../../../../src/encode/vrae/engines/plain/plain-operations.js';
import type { FloatBuffer, RecurrentEngine } from '../../../../src/encode/vrae/recurrent-engine.js';
import type { TensorOperations } from '../../../../src/encode/vrae/tensor-operations.js';
import { createRandom } from '../../../../src/numeric/random.js';
import { relativeError } from './run-layer.js';

/** Single precision over sums of a few hundred numbers. */
const TOLERANCE = 3e-6;

const SIZES = fc.record({
  rows: fc.constantFrom(1, 2, 5, 66, 130),
  width: fc.constantFrom(1, 3, 16, 17, 64, 130),
  seed: fc.nat(),
});

/** Operands by their order, with numbers drawn anew for each. */
type Draw = (length: number) => FloatBuffer;

/** What every engine over the kernel must do besides products: that of plain loops in double precision. */
export function describeOperations(engine: RecurrentEngine): void {
  /** Does the same on both, and compares all that either has written to. */
  const compare = (seed: number, run: (operations: TensorOperations, draw: Draw) => unknown): void => {
    const [found, expected] = [engine, undefined].map((own) => {
      const random = createRandom(seed);
      const buffers: FloatBuffer[] = [];
      const draw: Draw = (length) => {
        const buffer = own?.allocate(length) ?? { length, values: new Float64Array(length) };
        for (let i = 0; i < length; i++) buffer.values[i] = Math.fround(random.normal());
        buffers.push(buffer);
        return buffer;
      };
      const result = run(own?.operations ?? PLAIN_OPERATIONS, draw);
      return [...buffers.map(({ values }) => values), Float64Array.of(typeof result === 'number' ? result : 0)];
    });
    for (const [i, values] of expected!.entries()) {
      expect(relativeError(Float64Array.from(found![i]!), Float64Array.from(values)), `operand ${i}`).toBeLessThan(
        TOLERANCE,
      );
    }
  };
  const check = <T>(sizes: fc.Arbitrary<T & { seed: number }>, run: (size: T, ...given: Parameters<Run>) => unknown) =>
    fc.assert(
      fc.property(sizes, (size) => compare(size.seed, (operations, draw) => run(size, operations, draw))),
      { numRuns: 25, seed: 4 },
    );
  type Run = (operations: TensorOperations, draw: Draw) => unknown;

  describe('besides products', () => {
    it('adds a bias, over sums or over another buffer', () => {
      const flags = fc.constantFrom({}, { rectify: true }, { accumulate: true });
      check(fc.record({ size: SIZES, flags, seed: fc.nat() }), ({ size: { rows, width }, flags }, operations, draw) => {
        const [sums, bias, out] = [draw(rows * width), draw(width), draw(rows * width)];
        operations.addBias({ sums, bias, rows, width, out, ...flags });
        if (!('accumulate' in flags)) operations.addBias({ sums, bias, rows, width, out: sums, ...flags });
      });
    });

    it('sums columns, and squares', () => {
      check(SIZES, ({ rows, width }, operations, draw) => {
        const values = draw(rows * width);
        // Of one sign: what cancels would leave few digits.
        for (let i = 0; i < values.length; i++) values.values[i] = Math.abs(values.values[i]!);
        operations.sumColumns(values, rows, width, draw(width));
        return operations.sumSquares(values);
      });
    });

    it('drops the same numbers, and goes back where numbers are above zero', () => {
      check(SIZES, ({ rows, width, seed }, operations, draw) => {
        const [numbers, gradients, out] = [draw(rows * width), draw(rows * width), draw(rows * width)];
        operations.drop(numbers, rows * width, 0.3, seed, 2);
        operations.takeBack(numbers, gradients, rows * width, 1.25, out);
      });
    });

    it('takes steps of Adam', () => {
      check(SIZES, ({ rows, width }, operations, draw) => {
        const [parameters, gradient, first, second] = [1, 2, 3, 4].map(() => draw(rows * width)) as FourBuffers;
        for (let i = 0; i < second.length; i++) second.values[i] = Math.abs(second.values[i]!);
        operations.adam({ parameters, gradient, first, second, rate: 0.01, correction: 1.5, scale: 0.5 });
      });
    });

    it('normalises rows, and goes back', () => {
      // Of a single number little but the epsilon is left.
      const sizes = SIZES.filter(({ width }) => width > 1);
      check(sizes, ({ rows, width }, operations, draw) => {
        const [values, parameters, out] = [draw(rows * width), draw(2 * width), draw(rows * width)];
        const kept = { normalized: draw(rows * width), inverses: draw(rows) };
        operations.normalize({ values, parameters, rows, width, out, kept });
        const [gradients, added, parameterGradients] = [draw(rows * width), draw(rows * width), draw(2 * width)];
        operations.normalizeBack({ gradients, parameters, kept, rows, width, added, parameterGradients });
      });
    });

    it('gathers taps and scatters them', () => {
      const taps = fc.record({
        ...{ steps: fc.constantFrom(1, 2, 9, 40), channels: fc.constantFrom(1, 3, 17) },
        ...{ kernel: fc.constantFrom(1, 3, 5, 50), stride: fc.constantFrom(1, 2, 3) },
        ...{ rows: fc.constantFrom(1, 4), seed: fc.nat() },
      });
      check(taps, ({ steps, channels, kernel, stride, rows }, operations, draw) => {
        const taps = toTaps(steps, channels, Math.max(kernel, stride), stride);
        const series = draw(rows * steps * channels);
        const columns = draw(rows * taps.places * taps.kernel * channels);
        operations.gather(taps, series, rows, columns);
        operations.scatter(taps, columns, rows, series);
      });
    });

    it('attends, and goes back', () => {
      const shapes = fc.record({
        ...{ tokens: fc.constantFrom(1, 2, 7, 24, 33), size: fc.constantFrom(1, 3, 16, 20) },
        ...{ heads: fc.constantFrom(1, 2, 4), rows: fc.constantFrom(1, 3), seed: fc.nat() },
      });
      check(shapes, ({ tokens, size, heads, rows }, operations, draw) => {
        const shape = { tokens, heads, width: size * heads, rows };
        const all = rows * tokens * size * heads;
        const [queries, context, weights] = [draw(3 * all), draw(all), draw(rows * heads * tokens * tokens)];
        operations.attend({ ...shape, queries, context, weights });
        operations.attend({ ...shape, queries, context: draw(all), weights: undefined });
        operations.attendBack({ ...shape, queries, contextGradients: draw(all), weights, gradients: draw(3 * all) });
      });
    });

    it('refuses buffers that are too short', () => {
      const [sums, bias, out] = [4, 2, 4].map((length) => engine.allocate(length)) as [
        FloatBuffer,
        FloatBuffer,
        FloatBuffer,
      ];
      expect(() => engine.operations.addBias({ sums, bias, rows: 3, width: 2, out })).toThrow(
        'addBias needs a buffer of 6 numbers; got one of 4',
      );
    });

    it('passes on what is not a number', () => {
      const [sums, bias] = [engine.allocate(20), engine.allocate(20)];
      sums.values[3] = Number.NaN;
      engine.operations.addBias({ sums, bias, rows: 1, width: 20, out: sums, rectify: true });
      expect(sums.values[3]).toBeNaN();
      expect(engine.operations.sumSquares(sums)).toBeNaN();
      const [queries, context] = [engine.allocate(6), engine.allocate(2)];
      queries.values[0] = Number.NaN;
      engine.operations.attend({ tokens: 2, width: 1, heads: 1, rows: 1, queries, context, weights: undefined });
      expect(context.values[0]).toBeNaN();
    });
  });
}

type FourBuffers = [FloatBuffer, FloatBuffer, FloatBuffer, FloatBuffer];
