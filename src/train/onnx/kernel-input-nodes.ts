import type { KernelViewKind } from '../../encode/views/kernel-input.js';
import { addClip, addLog1p, addOddly, addRounding } from './exact-nodes.js';
import type { GraphBuilder, Value } from './graph-builder.js';

/**
 * Windows as a view's random kernels take them, as `writeKernelInput` writes them, to the bit.
 *
 * @param sizes usual size of each channel
 * @param usage (batch, steps, channels), float64
 * @returns (batch, steps, channels), float32
 */
export function addKernelInput(
  graph: GraphBuilder,
  kind: KernelViewKind,
  steps: number,
  sizes: readonly number[],
  usage: Value,
): Value {
  const isLog = kind.startsWith('log');
  const input = isLog
    ? addRounding(
        graph,
        addOddly(graph, usage, (size) => addLog1p(graph, size)),
      )
    : usage;
  const scaled = kind.endsWith('shape-kernels')
    ? addShapes(graph, steps, input)
    : addSizes(graph, isLog ? sizes.map(() => 1) : sizes, input);
  return addGrid(graph, addRounding(graph, scaled));
}

/** A spread below this part of the mean is rounding. */
const ROUNDING = 2 ** -20;

const MOST_SIZE = 1e30;

const GRID_BITS = 15;

/** Each channel with mean 0 and standard deviation 1, zeros for a constant one. */
function addShapes(graph: GraphBuilder, steps: number, x: Value): Value {
  const { add, integers } = graph;
  const meanOf = (of: Value): Value => add('Div', [add('ReduceSum', [of, integers(1)], { keepdims: 1 }), steps]);
  const mean = meanOf(x);
  const centred = add('Sub', [x, mean]);
  const deviation = add('Sqrt', [meanOf(add('Mul', [centred, centred]))]);
  const isSpread = add('Greater', [deviation, add('Mul', [add('Abs', [mean]), ROUNDING])]);
  const factor = add('Where', [isSpread, add('Div', [1, add('Where', [isSpread, deviation, 1])]), 0]);
  return add('Mul', [centred, factor]);
}

/** Each channel in powers of two of about its usual size. */
function addSizes(graph: GraphBuilder, sizes: readonly number[], x: Value): Value {
  const factors = Float64Array.from(sizes, (size) => 2 ** -Math.round(Math.log2(size)));
  return addClip(graph, graph.add('Mul', [x, graph.constant(factors)]), -MOST_SIZE, MOST_SIZE);
}

/**
 * Rounds each window to 15 bits below its largest value. The least power of two that is not below that value is found
 * by comparisons with all of them, and its grid is looked up: neither a logarithm nor a power could be relied on to the bit.
 */
function addGrid(graph: GraphBuilder, x: Value): Value {
  const { add, cast, constant, integers } = graph;
  const powers = Float64Array.from({ length: MOST_EXPONENT - LEAST_EXPONENT }, (_, i) => 2 ** (LEAST_EXPONENT + i));
  const grids = Float64Array.from({ length: powers.length + 1 }, (_, i) => 2 ** (LEAST_EXPONENT + i - GRID_BITS));
  const largest = add('ReduceMax', [add('Abs', [x])], { axes: [1, 2], keepdims: 1 });
  const isBelow = cast(add('Greater', [largest, constant(powers, [1, 1, powers.length])]), 'int64');
  const exponent = add('ReduceSum', [isBelow, integers(2)], { keepdims: 1 });
  const grid = add('Gather', [constant(grids), exponent]);
  // Divided by a power of two, and rounded half up, as Math.round does.
  const rounded = add('Floor', [add('Add', [add('Div', [x, grid]), 0.5])]);
  return cast(add('Mul', [rounded, grid]), 'float32');
}

/** Of the least number of a float32, and of the least power of two above all. */
const LEAST_EXPONENT = -149;
const MOST_EXPONENT = 128;
