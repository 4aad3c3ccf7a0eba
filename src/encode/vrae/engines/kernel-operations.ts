import { SegtideError } from '../../../errors.js';
import type { Taps } from '../../cnn/taps.js';
import { dropoutState } from '../dropout.js';
import type { FloatBuffer } from '../recurrent-engine.js';
import type { AttentionShape, TensorOperations } from '../tensor-operations.js';
import type { KernelBinding } from './kernel-binding.js';

/** The kernel's operations, in the order in which it counts them (kernel/src/tensor.rs). */
const OPERATIONS = [
  'addBias',
  'sumColumns',
  'takeBack',
  'drop',
  'sumSquares',
  'adam',
  'normalize',
  'normalizeBack',
  'gather',
  'scatter',
  'attend',
  'attendBack',
  'packWeights',
] as const satisfies readonly (keyof TensorOperations)[];

/** An operand, and how many numbers of it take part. */
type Operand = readonly [buffer: FloatBuffer, needed: number];

/**
 * Operations in the kernel, whose operands are checked here.
 *
 * @param own refuses buffers of others
 */
export function createKernelOperations<B extends FloatBuffer>(
  kernel: Pick<KernelBinding<B>, 'allocate' | 'operate'>,
  own: (buffer: FloatBuffer) => B,
): TensorOperations {
  const operate = (
    name: (typeof OPERATIONS)[number],
    operands: readonly Operand[],
    sizes: readonly number[],
    numbers: readonly number[] = [],
  ): number => {
    for (const [{ length }, needed] of operands) if (!(length >= needed)) throw tooShort(name, length, needed);
    return kernel.operate(
      OPERATIONS.indexOf(name),
      operands.map(([buffer]) => own(buffer)),
      sizes,
      numbers,
    );
  };
  // What attention works in; it grows with the largest that was asked for.
  let room: B | undefined;
  const roomFor = (shape: AttentionShape): Operand => {
    const needed = attentionRoom(shape);
    if (room === undefined || room.length < needed) room = kernel.allocate(needed);
    return [room, needed];
  };

  return {
    packedLength,
    packWeights: (weights, outputs, inputs, packed) => {
      operate(
        'packWeights',
        [
          [weights, outputs * inputs],
          [packed, packedLength(outputs, inputs)],
        ],
        [outputs, inputs],
      );
    },
    addBias: ({ sums, bias, rows, width, out, rectify = false, accumulate = false }) => {
      const all = rows * width;
      operate(
        'addBias',
        [
          [sums, all],
          [bias, width],
          [out, all],
        ],
        [rows, width, (rectify ? 1 : 0) | (accumulate ? 2 : 0)],
      );
    },
    sumColumns: (values, rows, width, out) => {
      operate(
        'sumColumns',
        [
          [values, rows * width],
          [out, width],
        ],
        [rows, width],
      );
    },
    takeBack: (numbers, gradients, count, factor, out) => {
      operate('takeBack', alike(count, numbers, gradients, out), [count], [factor]);
    },
    drop: (values, count, rate, seed, site) => {
      if (rate === 0) return;
      operate('drop', alike(count, values), [count, dropoutState(seed, site) >>> 0], [rate, 1 / (1 - rate)]);
    },
    sumSquares: (values) => operate('sumSquares', alike(values.length, values), [values.length]),
    adam: ({ parameters, gradient, first, second, rate, correction, scale }) => {
      const { length } = parameters;
      operate('adam', alike(length, parameters, gradient, first, second), [length], [rate, correction, scale]);
    },
    normalize: ({ values, parameters, rows, width, out, kept }) => {
      const all = rows * width;
      const operands: Operand[] = [
        [values, all],
        [parameters, 2 * width],
        [out, all],
      ];
      if (kept !== undefined) operands.push([kept.normalized, all], [kept.inverses, rows]);
      operate('normalize', operands, [rows, width, Number(kept !== undefined)]);
    },
    normalizeBack: ({ gradients, parameters, kept, rows, width, added, parameterGradients }) => {
      const all = rows * width;
      operate(
        'normalizeBack',
        [
          [gradients, all],
          [parameters, 2 * width],
          [kept.normalized, all],
          [kept.inverses, rows],
          [added, all],
          [parameterGradients, 2 * width],
        ],
        [rows, width],
      );
    },
    gather: (taps, series, rows, columns) => {
      const [cells, width] = tapLengths(taps, rows);
      operate(
        'gather',
        [
          [series, cells],
          [columns, width],
        ],
        toSizes(taps, rows),
      );
    },
    scatter: (taps, columns, rows, series) => {
      const [cells, width] = tapLengths(taps, rows);
      operate(
        'scatter',
        [
          [columns, width],
          [series, cells],
        ],
        toSizes(taps, rows),
      );
    },
    attend: (task) => {
      const { queries, rows, tokens, width, heads, context, weights } = task;
      const all = rows * tokens * width;
      const operands: Operand[] = [[queries, 3 * all], [context, all], roomFor(task)];
      if (weights !== undefined) operands.push([weights, rows * heads * tokens * tokens]);
      operate('attend', operands, [rows, tokens, width, heads, Number(weights !== undefined)]);
    },
    attendBack: (task) => {
      const { queries, contextGradients, rows, tokens, width, heads, weights, gradients } = task;
      const all = rows * tokens * width;
      operate(
        'attendBack',
        [
          [queries, 3 * all],
          [contextGradients, all],
          roomFor(task),
          [weights, rows * heads * tokens * tokens],
          [gradients, 3 * all],
        ],
        [rows, tokens, width, heads],
      );
    },
  };
}

/** Floats of the widest vector; fewer columns than these are not packed (kernel/src/multiply.rs). */
const WIDEST = 16;

/** Numbers that weights take when they are packed. */
export function packedLength(outputs: number, inputs: number): number {
  return outputs < WIDEST ? 0 : Math.ceil(outputs / WIDEST) * WIDEST * inputs;
}

function alike(count: number, ...buffers: readonly FloatBuffer[]): Operand[] {
  return buffers.map((buffer) => [buffer, count]);
}

/** Of series, and of columns. */
function tapLengths({ steps, places, channels, kernel }: Taps, rows: number): readonly [number, number] {
  return [rows * steps * channels, rows * places * kernel * channels];
}

function toSizes({ steps, places, channels, kernel, stride, before }: Taps, rows: number): readonly number[] {
  return [rows, steps, places, channels, kernel, stride, before];
}

/** Numbers behind each array of a head, and how many arrays it has of each size (kernel/src/tensor/attention.rs). */
const SLACK = 64;
const SIDES = 7;
const SQUARES = 2;

function attentionRoom({ tokens, width, heads }: AttentionShape): number {
  return SIDES * ((tokens * width) / heads + SLACK) + SQUARES * (tokens * tokens + SLACK);
}

function tooShort(name: string, length: number, needed: number): SegtideError {
  return new SegtideError('encoder', `${name} needs a buffer of ${needed} numbers; got one of ${length}`);
}
