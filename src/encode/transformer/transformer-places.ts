import type { AutoencoderShape } from '../autoencoder/architecture.js';
import {
  boundOfGlorot,
  boundOfHe,
  createLayoutBuilder,
  type Layout,
  type LayoutBuilder,
} from '../autoencoder/layout.js';
import type { LinearPlace } from '../vrae/vrae-layout.js';

export interface TransformerShape extends AutoencoderShape {
  /** Steps of a token; the last may have fewer. */
  readonly patch: number;
  /** Numbers of a token. */
  readonly width: number;
  readonly heads: number;
  /** Blocks of the encoder, and of the decoder. */
  readonly depth: number;
  readonly decoderDepth: number;
}

/** Where the parameters of a transformer autoencoder lie. */
export interface TransformerPlaces {
  readonly layout: Layout;
  /** From patches to tokens. */
  readonly patches: LinearPlace;
  readonly encoder: TokenPlaces;
  /** From all tokens to the latents. */
  readonly latents: LinearPlace;
  /** From the latents to all tokens, without a bias: the time embedding is one. */
  readonly tokens: Omit<LinearPlace, 'length'>;
  readonly decoder: TokenPlaces;
  /** From tokens to patches. */
  readonly output: LinearPlace;
}

/** Blocks over tokens. */
export interface TokenPlaces {
  /** Frequencies, then phases, (width) each. */
  readonly time: number;
  readonly blocks: readonly BlockPlaces[];
  /** After the last block. */
  readonly norm: number;
}

/** A block: norms begin at gains, (width), and have shifts, (width), behind them. */
export interface BlockPlaces {
  readonly attentionNorm: number;
  /** Queries, keys and values, side by side. */
  readonly queries: LinearPlace;
  readonly context: LinearPlace;
  readonly denseNorm: number;
  readonly hidden: LinearPlace;
  readonly dense: LinearPlace;
}

/** Numbers of a token's hidden layer, as a multiple of its width. */
const HIDDEN = 2;

/** Of the usual bound: normalised tokens are large, and windows should begin near their mean, where they can be rectified. */
const OUTPUT_SHARE = 0.1;

export function tokensOf({ steps, patch }: Pick<TransformerShape, 'steps' | 'patch'>): number {
  return Math.ceil(steps / patch);
}

export function toTransformerPlaces(shape: TransformerShape): TransformerPlaces {
  const builder = createLayoutBuilder();
  const { channels, patch, width, latent, depth, decoderDepth } = shape;
  const tokens = tokensOf(shape);
  const cells = patch * channels;
  const all = tokens * width;
  const linear = (name: string, inputs: number, outputs: number): LinearPlace =>
    builder.addLinear(name, { inputs, outputs, bound: boundOfGlorot(inputs, outputs) });
  const patches = linear('encoder.patches', cells, width);
  const encoder = addTokens(builder, 'encoder', shape, depth);
  const latents = linear('latents', all, latent);
  const { start } = builder.add('decoder.tokens', [all, latent], { bound: boundOfGlorot(latent, width) });
  const decoder = addTokens(builder, 'decoder', shape, decoderDepth);
  const bound = OUTPUT_SHARE * boundOfGlorot(width, cells);
  const output = builder.addLinear('output', { inputs: width, outputs: cells, bound });
  const bias = { start: output.start + output.length - cells, length: cells };
  return {
    layout: builder.build(bias),
    ...{ patches, encoder, latents, decoder, output },
    tokens: { start, inputs: latent, outputs: all },
  };
}

function addTokens(builder: LayoutBuilder, part: string, shape: TransformerShape, depth: number): TokenPlaces {
  const { width } = shape;
  const addNorm = (name: string): number => {
    const { start } = builder.add(`${name}.gain`, [width], () => 1);
    builder.add(`${name}.shift`, [width], () => 0);
    return start;
  };
  const { start: time } = builder.add(`${part}.time.frequencies`, [width], initialFrequency(shape));
  builder.add(`${part}.time.phases`, [width], initialPhase);
  const blocks = Array.from({ length: depth }, (_, i): BlockPlaces => {
    const name = `${part}.${i}`;
    const linear = (what: string, inputs: number, outputs: number, bound: number): LinearPlace =>
      builder.addLinear(`${name}.${what}`, { inputs, outputs, bound });
    const hidden = HIDDEN * width;
    return {
      attentionNorm: addNorm(`${name}.attention.norm`),
      queries: linear('attention.queries', width, 3 * width, boundOfGlorot(width, width)),
      context: linear('attention.context', width, width, boundOfGlorot(width, width)),
      denseNorm: addNorm(`${name}.dense.norm`),
      hidden: linear('dense.hidden', width, hidden, boundOfHe(width)),
      dense: linear('dense.output', hidden, width, boundOfGlorot(hidden, width)),
    };
  });
  return { time, blocks, norm: addNorm(`${part}.norm`) };
}

/** The first is of a straight line over the window; pairs of the others go from half a cycle in a window to one in two tokens. */
function initialFrequency(shape: TransformerShape): (i: number) => number {
  const pairs = Math.max(1, (shape.width - 1) / 2);
  const most = Math.max(1, tokensOf(shape) / 2);
  return (i) => (i === 0 ? 1 / Math.PI : 0.5 * (2 * most) ** (Math.floor((i - 1) / 2) / pairs));
}

/** The line goes from -1 to 1; of each pair one is a sine and one a cosine. */
function initialPhase(i: number): number {
  if (i === 0) return -1;
  return i % 2 === 1 ? 0 : Math.PI / 2;
}
