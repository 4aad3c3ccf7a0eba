import type { FloatTensors } from '../../encode/autoencoder/autoencoder-weights.js';
import { type CnnShape, tapsOf } from '../../encode/cnn/cnn-architecture.js';
import type { Taps } from '../../encode/cnn/taps.js';
import { addDense } from './dense-nodes.js';
import type { GraphBuilder, Value } from './graph-builder.js';

/** What convolutions make of windows, (batch, steps, channels): latents, (batch, latent). */
export function addConvolutionLatents(
  graph: GraphBuilder,
  shape: CnnShape,
  tensors: FloatTensors,
  windows: Value,
): Value {
  const { add, constant, integers } = graph;
  let at = add('Transpose', [windows], SWAPPED);
  for (const [i, taps] of tapsOf(shape).entries()) {
    const { shape: size, values } = tensors[`encoder.${i}.weights`]!;
    const weights = add('Transpose', [constant(values, size)], SWAPPED);
    const bias = constant(tensors[`encoder.${i}.bias`]!.values);
    at = add('Relu', [add('Conv', [at, weights, bias], toAttributes(taps))]);
  }
  const flat = add('Reshape', [add('Transpose', [at], SWAPPED), integers(0, -1)]);
  return addDense(graph, tensors, 'latents', flat);
}

/** What transposed convolutions make of latents: the sums of windows, (batch, steps · channels). */
export function addConvolutionSums(graph: GraphBuilder, shape: CnnShape, tensors: FloatTensors, latents: Value): Value {
  const { add, constant, integers } = graph;
  const all = tapsOf(shape).toReversed();
  const flat = add('Relu', [addDense(graph, tensors, 'decoder.0', latents)]);
  let at = add('Transpose', [add('Reshape', [flat, integers(0, all[0]!.places, shape.filters.at(-1)!)])], SWAPPED);
  for (const [i, taps] of all.entries()) {
    const { shape: size, values } = tensors[`decoder.${i + 1}.weights`]!;
    const weights = add('Transpose', [constant(values, size)], { perm: [2, 1, 0] });
    const bias = constant(tensors[`decoder.${i + 1}.bias`]!.values);
    const sums = add('ConvTranspose', [at, weights, bias], toAttributes(taps));
    at = i < all.length - 1 ? add('Relu', [sums]) : sums;
  }
  return add('Reshape', [add('Transpose', [at], SWAPPED), integers(0, shape.steps * shape.channels)]);
}

/** Channels before steps, as ONNX has them, and back. */
const SWAPPED = { perm: [0, 2, 1] };

function toAttributes({ steps, places, kernel, stride, before }: Taps) {
  const behind = (places - 1) * stride + kernel - steps - before;
  return { kernel_shape: [kernel], strides: [stride], pads: [before, behind] };
}
