import type { VraeShape } from '../../encode/vrae/vrae-shape.js';
import type { GraphBuilder, Value } from './graph-builder.js';
import { addRecurrentConstants, addRecurrentLayer, type VraeTensors } from './recurrent-nodes.js';

/**
 * A VRAE's posterior means.
 *
 * @param values (batch, steps, channels), float32
 * @returns (batch, latent), float32
 */
export function addLatents(graph: GraphBuilder, shape: VraeShape, tensors: VraeTensors, values: Value): Value {
  const { add, constant, integers } = graph;
  const { hidden, latent, depth, bidirectional } = shape;
  const states = (bidirectional ? 2 : 1) * hidden;
  let steps = add('Transpose', [values], { perm: [1, 0, 2] });
  let last = '';
  for (let level = 0; level < depth; level++) {
    const name = `encoder.${level}`;
    const names = bidirectional ? [name, `${name}.reverse`] : [name];
    const weights = addRecurrentConstants(graph, shape, tensors, names);
    const layer = addRecurrentLayer(graph, shape, weights, steps, { bidirectional });
    last = layer.last;
    if (level === depth - 1) break;
    const beside = add('Transpose', [layer.states], { perm: [0, 2, 1, 3] });
    steps = add('Reshape', [beside, integers(0, 0, states)]);
  }
  const summary = add('Reshape', [add('Transpose', [last], { perm: [1, 0, 2] }), integers(0, states)]);
  const { shape: sizes, values: weights } = tensors.get('posterior.weights')!;
  const transposed = new Float32Array(states * latent);
  for (let i = 0; i < latent; i++) {
    for (let j = 0; j < states; j++) transposed[j * latent + i] = weights[i * sizes[1]! + j]!;
  }
  const bias = tensors.get('posterior.bias')!.values.slice(0, latent);
  return add('Add', [add('MatMul', [summary, constant(transposed, [states, latent])]), constant(bias)]);
}
