import type { DaeShape } from '../../encode/dae/dae-shape.js';
import type { DaeTensors } from '../../encode/dae/dae-weights.js';
import type { GraphBuilder, Value } from './graph-builder.js';
import { addUsage } from './usage-nodes.js';

/**
 * The latents of a denoising autoencoder.
 *
 * @param values (batch, steps, channels), float32, prepared
 * @param unknown (batch, steps, channels), true where a cell is unknown
 * @returns (batch, latent), float32
 */
export function addDenseLatents(
  graph: GraphBuilder,
  { steps, channels, layers }: DaeShape,
  tensors: DaeTensors,
  values: Value,
  unknown: Value,
): Value {
  const filled = graph.cast(addUsage(graph, { steps, channels, scale: undefined }, values, unknown), 'float32');
  const cells = graph.add('Reshape', [filled, graph.integers(0, steps * channels)]);
  return addStack(graph, 'encoder', layers.length + 1, tensors, cells);
}

/**
 * What a denoising autoencoder decodes latents to, a number a cell.
 *
 * @returns (batch, steps · channels), float32
 */
export function addDenseCells(
  graph: GraphBuilder,
  { layers, output }: DaeShape,
  tensors: DaeTensors,
  latents: Value,
): Value {
  const sums = addStack(graph, 'decoder', layers.length + 1, tensors, latents);
  return output === 'relu' ? graph.add('Relu', [sums]) : sums;
}

function addStack(graph: GraphBuilder, part: string, count: number, tensors: DaeTensors, x: Value): Value {
  const { add, constant } = graph;
  let at = x;
  for (let i = 0; i < count; i++) {
    const { shape, values } = tensors[`${part}.${i}.weights`]!;
    const weights = add('Transpose', [constant(values, shape)], { perm: [1, 0] });
    const sums = add('Add', [add('MatMul', [at, weights]), constant(tensors[`${part}.${i}.bias`]!.values)]);
    at = i < count - 1 ? add('Relu', [sums]) : sums;
  }
  return at;
}
