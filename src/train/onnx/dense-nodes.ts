import type { FloatTensors } from '../../encode/autoencoder/autoencoder-weights.js';
import type { DaeShape } from '../../encode/dae/dae-architecture.js';
import type { GraphBuilder, Value } from './graph-builder.js';

/** What dense layers make of windows, (batch, steps, channels): latents, (batch, latent). */
export function addDenseLatents(
  graph: GraphBuilder,
  { steps, channels, layers }: DaeShape,
  tensors: FloatTensors,
  windows: Value,
): Value {
  const cells = graph.add('Reshape', [windows, graph.integers(0, steps * channels)]);
  return addStack(graph, 'encoder', layers.length + 1, tensors, cells);
}

/** What dense layers make of latents: the sums of windows, (batch, steps · channels). */
export function addDenseSums(graph: GraphBuilder, { layers }: DaeShape, tensors: FloatTensors, latents: Value): Value {
  return addStack(graph, 'decoder', layers.length + 1, tensors, latents);
}

/** A dense layer along the last dimension, by the name of its tensors. */
export function addDense({ add, constant }: GraphBuilder, tensors: FloatTensors, name: string, x: Value): Value {
  const { shape, values } = tensors[`${name}.weights`]!;
  const weights = add('Transpose', [constant(values, shape)], { perm: [1, 0] });
  return add('Add', [add('MatMul', [x, weights]), constant(tensors[`${name}.bias`]!.values)]);
}

function addStack(graph: GraphBuilder, part: string, count: number, tensors: FloatTensors, x: Value): Value {
  let at = x;
  for (let i = 0; i < count; i++) {
    const sums = addDense(graph, tensors, `${part}.${i}`, at);
    at = i < count - 1 ? graph.add('Relu', [sums]) : sums;
  }
  return at;
}
