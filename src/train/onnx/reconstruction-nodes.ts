import type { VraeShape } from '../../encode/vrae/vrae-shape.js';
import type { GraphBuilder, Value } from './graph-builder.js';
import {
  addRecurrentConstants,
  addRecurrentLayer,
  type RecurrentConstants,
  type VraeTensors,
} from './recurrent-nodes.js';

/**
 * What a VRAE decodes latents to.
 *
 * @param latents (batch, latent), float32
 * @returns (batch, steps, channels), float32
 */
export function addReconstruction(graph: GraphBuilder, shape: VraeShape, tensors: VraeTensors, latents: Value): Value {
  const { add, integers } = graph;
  const { hidden, depth } = shape;
  const sums = addLinear(graph, tensors, 'initial', latents);
  const start = shape.initialState === 'tanh' ? add('Tanh', [sums]) : sums;
  const layers = Array.from({ length: depth }, (_, level): DecoderLayer => {
    const state = add('Slice', [start, integers(level * hidden), integers((level + 1) * hidden), integers(1)]);
    return {
      constants: addRecurrentConstants(graph, shape, tensors, [`decoder.${level}`]),
      hidden: add('Unsqueeze', [state, integers(0)]),
    };
  });
  const decode = shape.decoder === 'autoregressive' ? addGeneratedSteps : addAllSteps;
  return add('Transpose', [decode(graph, shape, tensors, layers, latents)], { perm: [1, 0, 2] });
}

/**
 * Mean squared error over the informative cells of each window, 0 where there are none.
 *
 * @returns (batch), float32
 */
export function addReconstructionError(graph: GraphBuilder, values: Value, decoded: Value, unknown: Value): Value {
  const { add, cast, integers } = graph;
  const difference = cast(add('Sub', [decoded, values]), 'float64');
  const squares = add('Where', [unknown, 0, add('Mul', [difference, difference])]);
  const known = cast(add('Not', [unknown]), 'float64');
  const sum = (of: Value): Value => add('ReduceSum', [of, integers(1, 2)], { keepdims: 0 });
  return cast(add('Div', [sum(squares), add('Max', [sum(known), 1])]), 'float32');
}

interface DecoderLayer {
  readonly constants: RecurrentConstants;
  /** To begin with, (1, batch, hidden). */
  readonly hidden: Value;
}

/** All steps at once, of layers whose first reads nothing. @returns (steps, batch, channels) */
function addAllSteps(
  graph: GraphBuilder,
  shape: VraeShape,
  tensors: VraeTensors,
  layers: readonly DecoderLayer[],
  latents: Value,
): Value {
  const { add, integers } = graph;
  let steps = addZeros(graph, latents, shape.steps, 1);
  for (const { constants, hidden } of layers) {
    const { states } = addRecurrentLayer(graph, shape, constants, steps, { hidden });
    steps = add('Squeeze', [states, integers(1)]);
  }
  return addValues(graph, shape, tensors, steps);
}

/** Step by step, each read by the next. @returns (steps, batch, channels) */
function addGeneratedSteps(
  graph: GraphBuilder,
  shape: VraeShape,
  tensors: VraeTensors,
  layers: readonly DecoderLayer[],
  latents: Value,
): Value {
  const { add, integers } = graph;
  const state = layers.map(({ hidden }) => ({ hidden, cell: undefined as Value | undefined }));
  const decoded: Value[] = [];
  let fed = addZeros(graph, latents, 1, shape.channels);
  for (let t = 0; t < shape.steps; t++) {
    let step = fed;
    for (const [level, { constants }] of layers.entries()) {
      const { states, last, lastCell } = addRecurrentLayer(graph, shape, constants, step, state[level]!);
      state[level] = { hidden: last, cell: lastCell };
      step = add('Squeeze', [states, integers(1)]);
    }
    fed = addValues(graph, shape, tensors, step);
    decoded.push(fed);
  }
  return add('Concat', decoded, { axis: 0 });
}

/** Zeros, (steps, batch, inputs), for as many windows as there are latents. */
function addZeros(graph: GraphBuilder, latents: Value, steps: number, inputs: number): Value {
  const { add, constant, integers } = graph;
  const batch = add('Shape', [latents], { start: 0, end: 1 });
  const shape = add('Concat', [integers(steps), batch, integers(inputs)], { axis: 0 });
  return add('Expand', [constant(Float32Array.of(0), []), shape]);
}

/** A step's values of its states, whatever stands before the last dimension. */
function addValues(graph: GraphBuilder, shape: VraeShape, tensors: VraeTensors, states: Value): Value {
  const sums = addLinear(graph, tensors, 'output', states);
  return shape.output === 'softplus' ? graph.add('Softplus', [sums]) : sums;
}

function addLinear(graph: GraphBuilder, tensors: VraeTensors, name: string, x: Value): Value {
  const { add, constant } = graph;
  const { shape, values } = tensors.get(`${name}.weights`)!;
  const weights = add('Transpose', [constant(values, shape)], { perm: [1, 0] });
  return add('Add', [add('MatMul', [x, weights]), constant(tensors.get(`${name}.bias`)!.values)]);
}
