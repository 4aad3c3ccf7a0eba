import type { AutoencoderShape } from '../../encode/autoencoder/architecture.js';
import {
  type AutoencoderWeights,
  type FloatTensors,
  toAutoencoderTensors,
} from '../../encode/autoencoder/autoencoder-weights.js';
import type { AutoencoderKind } from '../../encode/encoder-kind.js';
import { addConvolutionLatents, addConvolutionSums } from './convolution-nodes.js';
import { addDenseLatents, addDenseSums } from './dense-nodes.js';
import type { GraphBuilder, Value } from './graph-builder.js';
import { addTransformerLatents, addTransformerSums } from './transformer-nodes.js';
import { addUsage } from './usage-nodes.js';

/**
 * The latents of an autoencoder.
 *
 * @param values (batch, steps, channels), float32, prepared
 * @param unknown (batch, steps, channels), true where a cell is unknown
 * @returns (batch, latent), float32
 */
export function addAutoencoderLatents(
  graph: GraphBuilder,
  weights: AutoencoderWeights,
  values: Value,
  unknown: Value,
): Value {
  const { kind, shape } = weights;
  const usage = addUsage(graph, { ...shape, scale: undefined }, values, unknown);
  return HALVES[kind].latents(graph, shape, toAutoencoderTensors(weights), graph.cast(usage, 'float32'));
}

/**
 * What an autoencoder decodes latents to, a number a cell.
 *
 * @returns (batch, steps · channels), float32
 */
export function addAutoencoderCells(graph: GraphBuilder, weights: AutoencoderWeights, latents: Value): Value {
  const { kind, shape } = weights;
  const sums = HALVES[kind].sums(graph, shape, toAutoencoderTensors(weights), latents);
  return shape.output === 'relu' ? graph.add('Relu', [sums]) : sums;
}

interface Halves<Shape extends AutoencoderShape = AutoencoderShape> {
  latents(graph: GraphBuilder, shape: Shape, tensors: FloatTensors, windows: Value): Value;
  sums(graph: GraphBuilder, shape: Shape, tensors: FloatTensors, latents: Value): Value;
}

const HALVES: Readonly<Record<AutoencoderKind, Halves>> = {
  dae: { latents: addDenseLatents, sums: addDenseSums } as Halves,
  cnn: { latents: addConvolutionLatents, sums: addConvolutionSums } as Halves,
  transformer: { latents: addTransformerLatents, sums: addTransformerSums } as Halves,
};
