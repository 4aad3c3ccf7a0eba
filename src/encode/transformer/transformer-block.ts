import { createLayerStack, denseLayer } from '../autoencoder/layer-stack.js';
import { createLinearLayer, type LinearLayer } from '../vrae/linear-layer.js';
import type { FloatArray, RecurrentEngine } from '../vrae/recurrent-engine.js';
import { createAttention } from './attention.js';
import { createLayerNorm } from './layer-norm.js';
import type { BlockPlaces } from './transformer-places.js';

/** A block over tokens: attention, then two dense layers, each of what is normalised first and added to what came in. */
export interface TransformerBlock {
  load(parameters: FloatArray): void;
  /** Goes on in place. */
  forward(tokens: FloatArray, rows: number, dropoutSeed: number | undefined): void; // (rows, tokens, width)
  /** Goes back in place, after a `forward` of as many rows. */
  backward(gradients: FloatArray, rows: number): void; // (rows, tokens, width)
  collect(gradient: FloatArray): void;
}

export interface TransformerBlockOptions {
  readonly places: BlockPlaces;
  /** Most rows of a call. */
  readonly rows: number;
  readonly tokens: number;
  readonly width: number;
  readonly heads: number;
  readonly training: boolean;
  /** Share of the hidden numbers that is dropped. */
  readonly dropout: number;
  /** Tells places of dropout from those of other blocks; it takes two. */
  readonly site: number;
}

export function createTransformerBlock(
  engine: RecurrentEngine,
  { places, rows: most, tokens, width, heads, training, dropout, site }: TransformerBlockOptions,
): TransformerBlock {
  const all = most * tokens;
  const buffer = (wanted: boolean) => engine.allocate(wanted ? all * width : 0);
  const [normed, normedGradients] = [buffer(true), buffer(training)];
  const [context, contextGradients] = [buffer(true), buffer(training)];
  const attentionNorm = createLayerNorm(engine, { start: places.attentionNorm, width, rows: all, training });
  const queries = createLinearLayer(engine, {
    place: places.queries,
    rows: all,
    input: normed,
    inputGradients: training ? normedGradients : undefined,
    inPlace: false,
  });
  const attention = createAttention(engine, { rows: most, tokens, width, heads, training });
  const fromContext = createLinearLayer(engine, {
    place: places.context,
    rows: all,
    input: context,
    inputGradients: training ? contextGradients : undefined,
    inPlace: true,
  });
  const denseNorm = createLayerNorm(engine, { start: places.denseNorm, width, rows: all, training });
  const dense = createLayerStack(engine, {
    layers: [denseLayer(places.hidden), denseLayer(places.dense)],
    ...{ rows: all, training, wantsInputGradients: true, dropout, site },
  });
  const parts = [attentionNorm, queries, fromContext, denseNorm, dense];

  return {
    load: (parameters) => {
      for (const part of parts) part.load(parameters);
    },
    forward: (values, rows, dropoutSeed) => {
      const count = rows * tokens;
      attentionNorm.forward(values, count, normed.values);
      queries.forward(count);
      addBias(queries, count);
      attention.forward(queries.sums.values, rows, context.values);
      fromContext.forward(count);
      addSums(fromContext, count, values);
      denseNorm.forward(values, count, dense.inputs.values);
      dense.forward(count, dropoutSeed);
      addSums(dense.last, count, values);
    },
    backward: (gradients, rows) => {
      const count = rows * tokens;
      const given = gradients.subarray(0, count * width);
      dense.last.sumGradients.values.set(given);
      dense.backward(count);
      denseNorm.backward(dense.inputGradients.values, count, gradients);
      fromContext.sumGradients.values.set(given);
      fromContext.backward(count);
      attention.backward(queries.sums.values, contextGradients.values, rows, queries.sumGradients.values);
      queries.backward(count);
      attentionNorm.backward(normedGradients.values, count, gradients);
    },
    collect: (gradient) => {
      for (const part of parts) part.collect(gradient);
    },
  };
}

function addBias({ sums, bias }: LinearLayer, rows: number): void {
  const { values } = sums;
  for (let row = 0, i = 0; row < rows; row++) for (let j = 0; j < bias.length; j++, i++) values[i]! += bias[j]!;
}

/** Adds sums with their bias to what came in. */
function addSums({ sums, bias }: Pick<LinearLayer, 'sums' | 'bias'>, rows: number, out: FloatArray): void {
  const { values } = sums;
  for (let row = 0, i = 0; row < rows; row++) {
    for (let j = 0; j < bias.length; j++, i++) out[i]! += values[i]! + bias[j]!;
  }
}
