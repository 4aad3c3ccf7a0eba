import type { FloatTensors } from '../../encode/autoencoder/autoencoder-weights.js';
import { timeEmbedding } from '../../encode/transformer/time-embedding.js';
import { type TransformerShape, tokensOf } from '../../encode/transformer/transformer-places.js';
import { NORM_EPSILON } from '../../encode/vrae/tensor-operations.js';
import { addDense } from './dense-nodes.js';
import type { GraphBuilder, Value } from './graph-builder.js';

/** What a transformer makes of windows, (batch, steps, channels): latents, (batch, latent). */
export function addTransformerLatents(
  graph: GraphBuilder,
  shape: TransformerShape,
  tensors: FloatTensors,
  windows: Value,
): Value {
  const { add, integers } = graph;
  const { steps, patch, channels } = shape;
  const tokens = tokensOf(shape);
  const beyond = tokens * patch - steps;
  const padded = beyond === 0 ? windows : add('Pad', [windows, integers(0, 0, 0, 0, beyond, 0)]);
  const patches = add('Reshape', [padded, integers(0, tokens, patch * channels)]);
  const embedded = addDense(graph, tensors, 'encoder.patches', patches);
  const outputs = addTokens(graph, shape, tensors, 'encoder', embedded);
  return addDense(graph, tensors, 'latents', add('Reshape', [outputs, integers(0, -1)]));
}

/** What a transformer makes of latents: the sums of windows, (batch, steps · channels). */
export function addTransformerSums(
  graph: GraphBuilder,
  shape: TransformerShape,
  tensors: FloatTensors,
  latents: Value,
): Value {
  const { add, constant, integers } = graph;
  const { steps, channels, width } = shape;
  const { shape: size, values } = tensors['decoder.tokens']!;
  const weights = add('Transpose', [constant(values, size)], { perm: [1, 0] });
  const tokens = add('Reshape', [add('MatMul', [latents, weights]), integers(0, tokensOf(shape), width)]);
  const outputs = addTokens(graph, shape, tensors, 'decoder', tokens);
  const cells = add('Reshape', [addDense(graph, tensors, 'output', outputs), integers(0, -1)]);
  return add('Slice', [cells, integers(0), integers(steps * channels), integers(1)]);
}

/** Blocks over tokens that are told their time, (batch, tokens, width). */
function addTokens(
  graph: GraphBuilder,
  shape: TransformerShape,
  tensors: FloatTensors,
  part: string,
  given: Value,
): Value {
  const { add, constant } = graph;
  const count = tokensOf(shape);
  const { width } = shape;
  const [frequencies, phases] = [tensors[`${part}.time.frequencies`]!, tensors[`${part}.time.phases`]!];
  const time = Float32Array.from(timeEmbedding(frequencies.values, phases.values, count));
  let tokens = add('Add', [given, constant(time, [count, width])]);
  for (let i = 0; i < (part === 'encoder' ? shape.depth : shape.decoderDepth); i++) {
    const name = `${part}.${i}`;
    const attended = addAttention(graph, shape, tensors, `${name}.attention`, tokens);
    tokens = add('Add', [tokens, attended]);
    const hidden = addDense(
      graph,
      tensors,
      `${name}.dense.hidden`,
      addNorm(graph, tensors, `${name}.dense.norm`, tokens),
    );
    tokens = add('Add', [tokens, addDense(graph, tensors, `${name}.dense.output`, add('Relu', [hidden]))]);
  }
  return addNorm(graph, tensors, `${part}.norm`, tokens);
}

function addAttention(
  graph: GraphBuilder,
  shape: TransformerShape,
  tensors: FloatTensors,
  name: string,
  tokens: Value,
): Value {
  const { add, addWithResults, constant, integers } = graph;
  const { width, heads } = shape;
  const size = width / heads;
  const count = tokensOf(shape);
  const all = addDense(graph, tensors, `${name}.queries`, addNorm(graph, tensors, `${name}.norm`, tokens));
  const parts = addWithResults(3, 'Split', [all, integers(width, width, width)], { axis: 2 });
  const [queries, keys, values] = parts.map((part) =>
    add('Transpose', [add('Reshape', [part, integers(0, count, heads, size)])], { perm: [0, 2, 1, 3] }),
  );
  const turned = add('Transpose', [keys!], { perm: [0, 1, 3, 2] });
  const scaled = add('Mul', [add('MatMul', [queries!, turned]), constant(Float32Array.of(1 / Math.sqrt(size)))]);
  const context = add('MatMul', [add('Softmax', [scaled], { axis: -1 }), values!]);
  const joined = add('Reshape', [add('Transpose', [context], { perm: [0, 2, 1, 3] }), integers(0, count, width)]);
  return addDense(graph, tensors, `${name}.context`, joined);
}

function addNorm(graph: GraphBuilder, tensors: FloatTensors, name: string, tokens: Value): Value {
  const { add, constant } = graph;
  const along = { axes: [-1], keepdims: 1 };
  const centered = add('Sub', [tokens, add('ReduceMean', [tokens], along)]);
  const variance = add('ReduceMean', [add('Mul', [centered, centered])], along);
  const deviation = add('Sqrt', [add('Add', [variance, constant(Float32Array.of(NORM_EPSILON))])]);
  const gained = add('Mul', [add('Div', [centered, deviation]), constant(tensors[`${name}.gain`]!.values)]);
  return add('Add', [gained, constant(tensors[`${name}.shift`]!.values)]);
}
