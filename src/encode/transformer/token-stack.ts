import type { CoderOptions } from '../autoencoder/coder.js';
import type { FloatArray, FloatBuffer, RecurrentEngine } from '../vrae/recurrent-engine.js';
import { createLayerNorm } from './layer-norm.js';
import { createTimeEmbedding } from './time-embedding.js';
import { createTransformerBlock } from './transformer-block.js';
import { type TokenPlaces, type TransformerShape, tokensOf } from './transformer-places.js';

/** Tokens that are told their time, and go through blocks and a last normalisation. */
export interface TokenStack {
  /** Written by the caller before `forward`, and then gone on with in place. */
  readonly tokens: FloatBuffer; // (rows, tokens, width)
  /** Written by `forward`. */
  readonly outputs: FloatBuffer; // (rows, tokens, width)
  /** Written by the caller before `backward`. */
  readonly outputGradients: FloatBuffer; // as `outputs`
  /** Written by `backward`. */
  readonly tokenGradients: FloatBuffer; // as `tokens`
  load(parameters: FloatArray): void;
  forward(rows: number, dropoutSeed: number | undefined): void;
  backward(rows: number): void;
  collect(gradient: FloatArray): void;
}

export interface TokenStackOptions extends CoderOptions {
  readonly places: TokenPlaces;
  readonly shape: TransformerShape;
  /** Tells places of dropout from those of other stacks; it takes two for each block. */
  readonly site: number;
}

export function createTokenStack(
  engine: RecurrentEngine,
  { places, shape, rows: most, training, dropout, site }: TokenStackOptions,
): TokenStack {
  const { width, heads } = shape;
  const count = tokensOf(shape);
  const buffer = (wanted: boolean) => engine.allocate(wanted ? most * count * width : 0);
  const [tokens, outputs] = [buffer(true), buffer(true)];
  const [tokenGradients, outputGradients] = [buffer(training), buffer(training)];
  const time = createTimeEmbedding(engine, { start: places.time, tokens: count, width });
  const blocks = places.blocks.map((own, i) =>
    createTransformerBlock(engine, {
      places: own,
      ...{ rows: most, tokens: count, width, heads, training, dropout, site: site + 2 * i },
    }),
  );
  const norm = createLayerNorm(engine, { start: places.norm, width, rows: most * count, training });
  const parts = [time, ...blocks, norm];

  return {
    tokens,
    outputs,
    tokenGradients,
    outputGradients,
    load: (parameters) => {
      for (const part of parts) part.load(parameters);
    },
    forward: (rows, dropoutSeed) => {
      time.add(tokens, rows);
      for (const block of blocks) block.forward(tokens, rows, dropoutSeed);
      norm.forward(tokens, rows * count, outputs);
    },
    backward: (rows) => {
      tokenGradients.values.fill(0, 0, rows * count * width);
      norm.backward(outputGradients, rows * count, tokenGradients);
      for (const block of blocks.toReversed()) block.backward(tokenGradients, rows);
      time.backward(tokenGradients, rows);
    },
    collect: (gradient) => {
      for (const part of parts) part.collect(gradient);
    },
  };
}
