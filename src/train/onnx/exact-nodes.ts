import type { GraphBuilder, Operand, Value } from './graph-builder.js';

// What a feature is held against a bias with must be the same bits as in the encoder, so these nodes compute in float64
// and round to float32 where the encoder stores a number as one.

/** x rounded to float32, as a float64. */
export function addRounding(graph: GraphBuilder, x: Value): Value {
  return graph.cast(graph.cast(x, 'float32'), 'float64');
}

/** ln(1 + x) of x >= 0, for small ones too: ln(u) · x / (u - 1) with u = 1 + x rounded (Kahan; Higham, 2002, 1.14.1). */
export function addLog1p(graph: GraphBuilder, x: Value): Value {
  const { add } = graph;
  const sum = add('Add', [x, 1]);
  const rounded = add('Sub', [sum, 1]);
  const isLost = add('Equal', [rounded, 0]);
  const corrected = add('Div', [add('Mul', [add('Log', [sum]), x]), add('Where', [isLost, 1, rounded])]);
  return add('Where', [isLost, x, corrected]);
}

/** e^x - 1 of x >= 0, for small ones too: (u - 1) · x / ln(u) with u = e^x rounded, the same rounding in both. */
export function addExpm1(graph: GraphBuilder, x: Value): Value {
  const { add } = graph;
  const power = add('Exp', [x]);
  const isLost = add('Equal', [power, 1]);
  const logarithm = add('Log', [add('Where', [isLost, Math.E, power])]);
  const corrected = add('Div', [add('Mul', [add('Sub', [power, 1]), x]), logarithm]);
  return add('Where', [isLost, x, corrected]);
}

/** Applies a function of numbers >= 0 to the size of x, and gives the result the sign of x. */
export function addOddly(graph: GraphBuilder, x: Value, apply: (size: Value) => Value): Value {
  return graph.add('Mul', [graph.add('Sign', [x]), apply(graph.add('Abs', [x]))]);
}

/** Cuts x off at a least and a largest value. */
export function addClip(graph: GraphBuilder, x: Value, least: Operand, most: Operand): Value {
  return graph.add('Min', [graph.add('Max', [x, least]), most]);
}
