import type { FloatBuffer, RecurrentEngine } from '../vrae/recurrent-engine.js';

/** Scaled dot-product attention of several heads (Vaswani et al., 2017), each row by itself. */
export interface Attention {
  /**
   * @param queries (rows, tokens, 3 · width): queries, keys and values of a token side by side, heads one after the other
   * @param context (rows, tokens, width), written over
   */
  forward(queries: FloatBuffer, rows: number, context: FloatBuffer): void;
  /**
   * After a `forward` of as many rows.
   *
   * @param queries as then
   * @param contextGradients (rows, tokens, width)
   * @param gradients (rows, tokens, 3 · width), written over
   */
  backward(queries: FloatBuffer, contextGradients: FloatBuffer, rows: number, gradients: FloatBuffer): void;
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
  const { operations } = engine;
  const weights = engine.allocate(training ? most * heads * tokens * tokens : 0);
  const shape = { tokens, width, heads };
  return {
    forward: (queries, rows, context) => {
      operations.attend({ ...shape, queries, rows, context, weights: training ? weights : undefined });
    },
    backward: (queries, contextGradients, rows, gradients) => {
      operations.attendBack({ ...shape, queries, contextGradients, rows, weights, gradients });
    },
  };
}
