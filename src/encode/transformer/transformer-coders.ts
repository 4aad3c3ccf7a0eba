import type { Coder, CoderOptions } from '../autoencoder/coder.js';
import { createLinearLayer } from '../vrae/linear-layer.js';
import type { FloatArray, RecurrentEngine } from '../vrae/recurrent-engine.js';
import { createWeightMatrix } from '../vrae/weight-matrix.js';
import { createTokenStack } from './token-stack.js';
import { type TransformerPlaces, type TransformerShape, tokensOf } from './transformer-places.js';

/** From windows to latents: a token of each patch, blocks over them, and a dense layer of all. */
export function createTransformerEncoder(
  engine: RecurrentEngine,
  shape: TransformerShape,
  { patches: patchPlace, encoder, latents: latentPlace }: TransformerPlaces,
  options: CoderOptions,
): Coder {
  const { rows: most, training } = options;
  const { width } = shape;
  const [tokens, cells, padded] = sizesOf(shape);
  const inputs = engine.allocate(most * cells);
  const patches = engine.allocate(most * padded);
  const embedded = createLinearLayer(engine, {
    place: patchPlace,
    rows: most * tokens,
    input: patches,
    inputGradients: undefined,
    training,
    inPlace: true,
  });
  const stack = createTokenStack(engine, { ...options, places: encoder, shape, site: 0 });
  const last = createLinearLayer(engine, {
    place: latentPlace,
    rows: most,
    input: stack.outputs,
    inputGradients: training ? stack.outputGradients : undefined,
    inPlace: true,
  });
  const parts = [embedded, stack, last];
  return {
    inputs,
    last,
    inputGradients: engine.allocate(0),
    load: (parameters) => {
      for (const part of parts) part.load(parameters);
    },
    forward: (rows, dropoutSeed) => {
      copyRows(inputs.values, cells, patches.values, padded, rows);
      embedded.forward(rows * tokens);
      const { sums, bias } = embedded;
      engine.operations.addBias({ sums, bias, rows: rows * tokens, width, out: stack.tokens });
      stack.forward(rows, dropoutSeed);
      last.forward(rows);
    },
    backward: (rows) => {
      last.backward(rows);
      stack.backward(rows);
      embedded.sumGradients.values.set(stack.tokenGradients.values.subarray(0, rows * tokens * width));
      embedded.backward(rows * tokens);
    },
    collect: (gradient) => {
      for (const part of parts) part.collect(gradient);
    },
  };
}

/** From latents to windows: tokens of them, blocks, and a patch of each token. */
export function createTransformerDecoder(
  engine: RecurrentEngine,
  shape: TransformerShape,
  { tokens: tokenPlace, decoder, output }: TransformerPlaces,
  options: CoderOptions,
): Coder {
  const { rows: most, training } = options;
  const { latent } = shape;
  const [tokens, cells, padded] = sizesOf(shape);
  const inputs = engine.allocate(most * latent);
  const inputGradients = engine.allocate(training ? most * latent : 0);
  const stack = createTokenStack(engine, { ...options, places: decoder, shape, site: 2 * shape.depth });
  const expanded = createWeightMatrix(engine, {
    place: tokenPlace,
    input: inputs,
    sums: stack.tokens,
    sumGradients: stack.tokenGradients,
    inputGradients: training ? inputGradients : undefined,
    training,
  });
  const patches = createLinearLayer(engine, {
    place: output,
    rows: most * tokens,
    input: stack.outputs,
    inputGradients: training ? stack.outputGradients : undefined,
    inPlace: true,
  });
  const sums = engine.allocate(most * cells);
  const parts = [expanded, stack, patches];
  return {
    inputs,
    inputGradients,
    last: { sums, sumGradients: sums, bias: patches.bias },
    load: (parameters) => {
      for (const part of parts) part.load(parameters);
    },
    forward: (rows, dropoutSeed) => {
      expanded.forward(rows);
      stack.forward(rows, dropoutSeed);
      patches.forward(rows * tokens);
      copyRows(patches.sums.values, padded, sums.values, cells, rows);
    },
    backward: (rows) => {
      copyRows(sums.values, cells, patches.sumGradients.values, padded, rows);
      patches.backward(rows * tokens);
      stack.backward(rows);
      expanded.backward(rows);
    },
    collect: (gradient) => {
      for (const part of parts) part.collect(gradient);
    },
  };
}

/** Tokens, cells, and cells with those that the last patch has beyond the window. */
function sizesOf(shape: TransformerShape): readonly [number, number, number] {
  const tokens = tokensOf(shape);
  return [tokens, shape.steps * shape.channels, tokens * shape.patch * shape.channels];
}

/** Copies rows of one length to rows of another: what is too much is left out, what lacks is zero. */
function copyRows(from: FloatArray, fromSize: number, to: FloatArray, toSize: number, rows: number): void {
  for (let row = 0, source = 0, target = 0; row < rows; row++, source += fromSize, target += toSize) {
    for (let i = 0; i < toSize; i++) to[target + i] = i < fromSize ? from[source + i]! : 0;
  }
}
