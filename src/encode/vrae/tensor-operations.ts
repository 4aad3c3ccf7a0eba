import type { Taps } from '../cnn/taps.js';
import type { FloatBuffer } from './recurrent-engine.js';

/**
 * What layers compute besides products, in place of passes of JavaScript over an engine's buffers. Those in plain loops
 * are what the others are measured against. Buffers of a call are different ones, unless it says otherwise.
 */
export interface TensorOperations {
  /**
   * Numbers that `packWeights` writes for weights of so many outputs and inputs; 0 where products are better off without.
   */
  packedLength(outputs: number, inputs: number): number;
  /** Lays out weights, (outputs, inputs), once for all products that take them transposed. */
  packWeights(weights: FloatBuffer, outputs: number, inputs: number, packed: FloatBuffer): void;
  /** Adds a bias to each row of sums. */
  addBias(task: BiasTask): void;
  /** Sums columns up, over `out`. */
  sumColumns(values: FloatBuffer, rows: number, width: number, out: FloatBuffer): void; // (rows, width) to (width)
  /** The way back through dropping and rectifying: the gradient, times a factor, where numbers are above zero, else 0. */
  takeBack(numbers: FloatBuffer, gradients: FloatBuffer, count: number, factor: number, out: FloatBuffer): void;
  /** Drops a share of the first `count` numbers, as `applyDropout` does. */
  drop(values: FloatBuffer, count: number, rate: number, seed: number, site: number): void;
  /** Of all numbers. */
  sumSquares(values: FloatBuffer): number;
  /** A step of Adam, in place of parameters and moments. */
  adam(task: AdamTask): void;
  /** Layer normalisation (Ba et al., 2016). */
  normalize(task: NormTask): void;
  /** Its way back: adds to the gradient of the values, and writes that of gains and shifts. */
  normalizeBack(task: NormBackTask): void;
  /** Lays out what each place looks at: `columns` (rows, places, kernel, channels) of `series` (rows, steps, channels). */
  gather(taps: Taps, series: FloatBuffer, rows: number, columns: FloatBuffer): void;
  /** The way back of `gather`: adds each number to the cell that it came from, and writes all of `series`. */
  scatter(taps: Taps, columns: FloatBuffer, rows: number, series: FloatBuffer): void;
  /** Scaled dot-product attention of several heads (Vaswani et al., 2017), each row by itself. */
  attend(task: AttentionTask): void;
  /** Its way back. */
  attendBack(task: AttentionBackTask): void;
}

export interface BiasTask {
  readonly sums: FloatBuffer; // (rows, width)
  readonly bias: FloatBuffer; // (width)
  readonly rows: number;
  readonly width: number;
  /** May be the sums. */
  readonly out: FloatBuffer; // (rows, width)
  /** Makes zeros of what is below. @default false */
  readonly rectify?: boolean;
  /** Adds to what is in `out`, which is not the sums then. @default false */
  readonly accumulate?: boolean;
}

export interface AdamTask {
  readonly parameters: FloatBuffer;
  readonly gradient: FloatBuffer;
  readonly first: FloatBuffer;
  readonly second: FloatBuffer;
  /** Learning rate over the first moment's correction. */
  readonly rate: number;
  /** By what the second moment is multiplied. */
  readonly correction: number;
  /** By what the gradient is multiplied first. */
  readonly scale: number;
}

export interface NormTask {
  readonly values: FloatBuffer; // (rows, width)
  readonly parameters: FloatBuffer; // gains, then shifts: (2, width)
  readonly rows: number;
  readonly width: number;
  readonly out: FloatBuffer; // (rows, width)
  /** What the way back needs, where it will be gone. */
  readonly kept: KeptNorm | undefined;
}

export interface KeptNorm {
  readonly normalized: FloatBuffer; // (rows, width)
  readonly inverses: FloatBuffer; // one over the deviations: (rows)
}

export interface NormBackTask {
  readonly gradients: FloatBuffer; // (rows, width)
  readonly parameters: FloatBuffer; // as then
  readonly kept: KeptNorm;
  readonly rows: number;
  readonly width: number;
  readonly added: FloatBuffer; // (rows, width)
  readonly parameterGradients: FloatBuffer; // (2, width)
}

export interface AttentionShape {
  readonly tokens: number;
  readonly width: number;
  readonly heads: number;
}

export interface AttentionTask extends AttentionShape {
  /** Queries, keys and values of a token side by side, heads one after the other. */
  readonly queries: FloatBuffer; // (rows, tokens, 3 · width)
  readonly rows: number;
  readonly context: FloatBuffer; // (rows, tokens, width), written over
  /** What the way back needs, where it will be gone. */
  readonly weights: FloatBuffer | undefined; // (rows, heads, tokens, tokens)
}

export interface AttentionBackTask extends AttentionShape {
  readonly queries: FloatBuffer; // as then
  readonly contextGradients: FloatBuffer; // (rows, tokens, width)
  readonly rows: number;
  readonly weights: FloatBuffer;
  readonly gradients: FloatBuffer; // of the queries, written over
}

/** Added to a variance; it is PyTorch's. */
export const NORM_EPSILON = 1e-5;
