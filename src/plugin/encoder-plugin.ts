import type { Tensors } from '../numeric/safetensors.js';

/**
 * An encoder of a user's own: the default export of an ES module that the config names.
 *
 * It runs in a thread of its own, in workers and where models are trained; what goes in and out is copied.
 *
 * @example
 * export default {
 *   kind: 'encoder',
 *   fit: () => ({ embeddingSize: 1 }),
 *   open: () => ({ encode: ({ length, steps, values }) => Float32Array.from({ length }, (_, i) => values[i * steps]) }),
 * };
 */
export interface EncoderPlugin {
  readonly kind: 'encoder';
  /**
   * Fits it to the windows of a training. What it gives is stored in the model and is all that `open` is handed, in
   * whatever process: the same windows and seed must give the same.
   */
  fit(series: PluginSeries, context: { readonly seed: number }): FittedPlugin | Promise<FittedPlugin>;
  open(fitted: FittedPlugin, context: PluginShape): OpenedPlugin | Promise<OpenedPlugin>;
}

/** Windows as `series` prepares them. */
export interface PluginSeries extends PluginShape {
  readonly length: number;
  readonly values: Float32Array; // (length, steps, channels)
  /** 0 where a cell was observed; 1 zero, 2 missing, 3 absent: there `values` hold what `series.fill` made up. */
  readonly mask: Uint8Array; // (length, steps, channels)
}

export interface PluginShape {
  readonly steps: number;
  readonly channels: number;
}

/** What an encoder learnt. */
export interface FittedPlugin {
  /** Numbers of an embedding, 1 to 4096. */
  readonly embeddingSize: number;
  /** Plain JSON. @default nothing */
  readonly parameters?: unknown;
  /** Weights by name, stored as they are. @default none */
  readonly tensors?: Tensors;
}

/** An encoder that is ready. */
export interface OpenedPlugin {
  /**
   * One embedding a window, in order, (length, embeddingSize); each of its own window alone, and never at random. Of a
   * window that it can say nothing of it gives NaN.
   */
  encode(series: PluginSeries): Float32Array | Promise<Float32Array>;
  /** Frees what the garbage collector does not. */
  close?(): void | Promise<void>;
}
