import type { FloatArray, FloatBuffer, MatrixProduct, RecurrentEngine } from '../vrae/recurrent-engine.js';

/** Scaled dot-product attention of several heads (Vaswani et al., 2017), each row by itself. */
export interface Attention {
  /**
   * @param queries (rows, tokens, 3 · width): queries, keys and values of a token side by side, heads one after the other
   * @param context (rows, tokens, width), written over
   */
  forward(queries: FloatArray, rows: number, context: FloatArray): void;
  /**
   * After a `forward` of as many rows.
   *
   * @param queries as then
   * @param contextGradients (rows, tokens, width)
   * @param gradients (rows, tokens, 3 · width), written over
   */
  backward(queries: FloatArray, contextGradients: FloatArray, rows: number, gradients: FloatArray): void;
}

export interface AttentionOptions {
  /** Most rows of a call. */
  readonly rows: number;
  readonly tokens: number;
  readonly width: number;
  readonly heads: number;
  readonly training: boolean;
}

export function createAttention(
  engine: RecurrentEngine,
  { rows: most, tokens, width, heads, training }: AttentionOptions,
): Attention {
  const size = width / heads;
  const scale = 1 / Math.sqrt(size);
  const square = tokens * tokens;
  const kept = engine.allocate(training ? most * heads * square : 0);
  const allocate = (numbers: number): FloatBuffer => engine.allocate(numbers * tokens);
  // One head of one row at a time.
  const [query, key, value, context] = [allocate(size), allocate(size), allocate(size), allocate(size)];
  const [weights, slopes] = [allocate(tokens), allocate(tokens)];
  const [queryGradients, keyGradients, valueGradients] = [allocate(size), allocate(size), allocate(size)];
  const between = { m: tokens, n: tokens, inner: size, transposeB: true };
  const over = { m: tokens, n: size, inner: tokens };
  const toWeights: MatrixProduct = { a: query, b: key, out: weights, ...between };
  const toContext: MatrixProduct = { a: weights, b: value, out: context, ...over };
  const toSlopes: MatrixProduct = { a: context, b: value, out: slopes, ...between };
  const toValueGradients: MatrixProduct = { a: weights, b: context, out: valueGradients, ...over, transposeA: true };
  const toQueryGradients: MatrixProduct = { a: slopes, b: key, out: queryGradients, ...over };
  const toKeyGradients: MatrixProduct = { a: slopes, b: query, out: keyGradients, ...over, transposeA: true };

  /** What a head of a row is made of, its queries scaled. */
  const take = (queries: FloatArray, row: number, head: number): void => {
    const at = row * tokens * 3 * width + head * size;
    copyColumns(queries, at, 3 * width, query.values, 0, size, tokens, size, scale);
    copyColumns(queries, at + width, 3 * width, key.values, 0, size, tokens, size, 1);
    copyColumns(queries, at + 2 * width, 3 * width, value.values, 0, size, tokens, size, 1);
  };

  return {
    forward: (queries, rows, out) => {
      for (let row = 0; row < rows; row++) {
        for (let head = 0; head < heads; head++) {
          take(queries, row, head);
          engine.multiply(toWeights);
          applySoftmax(weights.values, tokens);
          if (training) kept.values.set(weights.values.subarray(0, square), (row * heads + head) * square);
          engine.multiply(toContext);
          copyColumns(context.values, 0, size, out, row * tokens * width + head * size, width, tokens, size, 1);
        }
      }
    },
    backward: (queries, contextGradients, rows, out) => {
      for (let row = 0; row < rows; row++) {
        for (let head = 0; head < heads; head++) {
          take(queries, row, head);
          const from = row * tokens * width + head * size;
          copyColumns(contextGradients, from, width, context.values, 0, size, tokens, size, 1);
          const first = (row * heads + head) * square;
          weights.values.set(kept.values.subarray(first, first + square));
          engine.multiply(toValueGradients);
          engine.multiply(toSlopes);
          differentiateSoftmax(weights.values, tokens, slopes.values);
          engine.multiply(toQueryGradients);
          engine.multiply(toKeyGradients);
          const at = row * tokens * 3 * width + head * size;
          copyColumns(queryGradients.values, 0, size, out, at, 3 * width, tokens, size, scale);
          copyColumns(keyGradients.values, 0, size, out, at + width, 3 * width, tokens, size, 1);
          copyColumns(valueGradients.values, 0, size, out, at + 2 * width, 3 * width, tokens, size, 1);
        }
      }
    },
  };
}

/** Copies `width` columns of `rows` rows, which lie `fromRow` and `toRow` numbers apart. */
function copyColumns(
  from: FloatArray,
  fromStart: number,
  fromRow: number,
  to: FloatArray,
  toStart: number,
  toRow: number,
  rows: number,
  width: number,
  scale: number,
): void {
  for (let row = 0; row < rows; row++) {
    const [source, target] = [fromStart + row * fromRow, toStart + row * toRow];
    for (let i = 0; i < width; i++) to[target + i] = scale * from[source + i]!;
  }
}

function applySoftmax(values: FloatArray, size: number): void {
  for (let at = 0; at < size * size; at += size) {
    let most = values[at]!;
    for (let i = at; i < at + size; i++) if (values[i]! > most) most = values[i]!;
    let sum = 0;
    for (let i = at; i < at + size; i++) {
      const power = Math.exp(values[i]! - most);
      values[i] = power;
      sum += power;
    }
    for (let i = at; i < at + size; i++) values[i]! /= sum;
  }
}

/** Turns the gradient of what `applySoftmax` gave into that of what it was given, in place. */
function differentiateSoftmax(weights: FloatArray, size: number, slopes: FloatArray): void {
  for (let at = 0; at < size * size; at += size) {
    let sum = 0;
    for (let i = at; i < at + size; i++) sum += weights[i]! * slopes[i]!;
    for (let i = at; i < at + size; i++) slopes[i] = weights[i]! * (slopes[i]! - sum);
  }
}
