import type { FittedViews } from '../../encode/views/fitted-views.js';
import { MOST_USAGE } from '../../encode/views/restore-usage.js';
import type { UsageScale } from '../../encode/views/usage-scale.js';
import { addClip, addExpm1, addOddly, addRounding } from './exact-nodes.js';
import type { GraphBuilder, Value } from './graph-builder.js';

/**
 * Takes prepared windows back to usage without gaps, as `restoreUsage` does, to the bit.
 *
 * @param values (batch, steps, channels), float32
 * @param unknown (batch, steps, channels), true where a cell is unknown
 * @returns (batch, steps, channels), float64 of float32 numbers
 */
export function addUsage(
  graph: GraphBuilder,
  { steps, channels, scale }: Pick<FittedViews, 'steps' | 'channels' | 'scale'>,
  values: Value,
  unknown: Value,
): Value {
  const { add, cast } = graph;
  const prepared = cast(values, 'float64');
  const restored = scale === undefined ? prepared : addScaleBack(graph, scale, channels, prepared);
  const filled = addLinearFill(graph, steps, restored, unknown);
  const largest = add('ReduceMax', [add('Abs', [prepared])], { axes: [1, 2], keepdims: 1 });
  return add('Where', [add('Equal', [largest, 0]), 0, filled]);
}

/** A little above ln(1 + MOST_USAGE); e to the power of more might overflow. */
const MOST_LOGARITHM = 89;

/** Of the center: what is left of a zero that was shifted to it and back, in single precision. */
const ROUNDING = 2 ** -20;

function addScaleBack(graph: GraphBuilder, { centers, scales, log }: UsageScale, channels: number, x: Value): Value {
  const { add, constant } = graph;
  const perChannel = (numbers: readonly number[]): Value => constant(Float64Array.from(numbers), [channels]);
  const shifted = add('Add', [add('Mul', [x, perChannel(scales)]), perChannel(centers)]);
  const leasts = perChannel(centers.map((center) => ROUNDING * Math.abs(center)));
  const isZero = add('LessOrEqual', [add('Abs', [shifted]), leasts]);
  const usage = log
    ? addOddly(graph, addClip(graph, shifted, -MOST_LOGARITHM, MOST_LOGARITHM), (size) => addExpm1(graph, size))
    : shifted;
  return addRounding(graph, add('Where', [isZero, 0, addClip(graph, usage, -MOST_USAGE, MOST_USAGE)]));
}

/**
 * Fills unknown cells from the line between the known ones on either side. The nearest known step is found by shifts of
 * 1, 2, 4 … steps, each the maximum, or minimum, of what is there and what comes.
 */
function addLinearFill(graph: GraphBuilder, steps: number, x: Value, unknown: Value): Value {
  const { add, cast, constant, integers } = graph;
  const step = constant(
    BigInt64Array.from({ length: steps }, (_, t) => BigInt(t)),
    [1, steps, 1],
  );
  const spread = (outside: number, shift: 1 | -1): Value => {
    let nearest = add('Where', [unknown, integers(outside), step]);
    for (let by = 1; by < steps; by *= 2) {
      const pads = integers(0, shift * by, 0, 0, -shift * by, 0);
      const shifted = add('Pad', [nearest, pads, constant(BigInt64Array.of(BigInt(outside)), [])]);
      nearest = add(shift > 0 ? 'Max' : 'Min', [nearest, shifted]);
    }
    return nearest;
  };
  const left = spread(-1, 1);
  const right = spread(steps, -1);
  const at = (place: Value): Value =>
    add('GatherElements', [x, add('Min', [add('Max', [place, integers(0)]), integers(steps - 1)])], { axis: 1 });
  const hasLeft = add('GreaterOrEqual', [left, integers(0)]);
  const hasRight = add('Less', [right, integers(steps)]);
  const [leftValue, rightValue] = [at(left), at(right)];
  const from = add('Where', [hasLeft, leftValue, rightValue]);
  const to = add('Where', [hasRight, rightValue, leftValue]);
  const distance = (a: Value, b: Value): Value => cast(add('Sub', [b, a]), 'float64');
  // Of known cells left and right are the cell itself, and the line is not asked for.
  const span = add('Max', [distance(left, right), 1]);
  const rise = add('Div', [add('Sub', [to, from]), span]);
  const line = addRounding(graph, add('Add', [from, add('Mul', [rise, distance(left, step)])]));
  const filled = add('Where', [unknown, line, x]);
  return add('Where', [add('Or', [hasLeft, hasRight]), filled, 0]);
}
