import { createLayerStack, denseLayer } from '../autoencoder/layer-stack.js';
import { createLinearLayer, type LinearLayer } from '../vrae/linear-layer.js';
import type { FloatArray, FloatBuffer, RecurrentEngine } from '../vrae/recurrent-engine.js';
import { createAttention } from './attention.js';
import { createLayerNorm } from './layer-norm.js';
import type { BlockPlaces } from './transformer-places.js';

/** A block over tokens: attention, then two dense layers, each of what is normalised first and added to what came in. */
export interface TransformerBlock {
  load(parameters: FloatArray): void;
  /** Goes on in place. */
  forward(tokens: FloatBuffer, rows: number, dropoutSeed: number | undefined): void; // (rows, tokens, width)
  /** Goes back in place, after a `forward` of as many rows. */
  backward(gradients: FloatBuffer, rows: number): void; // (rows, tokens, width)
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
  const { operations } = engine;
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
  /** Adds sums with their bias to what came in. */
  const addSums = ({ sums, bias }: Pick<LinearLayer, 'sums' | 'bias'>, rows: number, out: FloatBuffer): void =>
    operations.addBias({ sums, bias, rows, width, out, accumulate: true });
  const parts = [attentionNorm, queries, fromContext, denseNorm, dense];

  return {
    load: (parameters) => {
      for (const part of parts) part.load(parameters);
    },
    forward: (values, rows, dropoutSeed) => {
      const count = rows * tokens;
      const { sums, bias } = queries;
      attentionNorm.forward(values, count, normed);
      queries.forward(count);
      operations.addBias({ sums, bias, rows: count, width: 3 * width, out: sums });
      attention.forward(sums, rows, context);
      fromContext.forward(count);
      addSums(fromContext, count, values);
      denseNorm.forward(values, count, dense.inputs);
      dense.forward(count, dropoutSeed);
      addSums(dense.last, count, values);
    },
    backward: (gradients, rows) => {
      const count = rows * tokens;
      const given = (): FloatArray => gradients.values.subarray(0, count * width);
      dense.last.sumGradients.values.set(given());
      dense.backward(count);
      denseNorm.backward(dense.inputGradients, count, gradients);
      fromContext.sumGradients.values.set(given());
      fromContext.backward(count);
      attention.backward(queries.sums, contextGradients, rows, queries.sumGradients);
      queries.backward(count);
      attentionNorm.backward(normedGradients, count, gradients);
    },
    collect: (gradient) => {
      for (const part of parts) part.collect(gradient);
    },
  };
}
