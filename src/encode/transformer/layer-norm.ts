import type { FloatArray, FloatBuffer, RecurrentEngine } from '../vrae/recurrent-engine.js';

/** Layer normalisation (Ba et al., 2016): each token has mean zero and variance one, before gains and shifts. */
export interface LayerNorm {
  load(parameters: FloatArray): void;
  forward(values: FloatBuffer, rows: number, out: FloatBuffer): void; // (rows, width)
  /** After a `forward` of as many rows; adds to the gradient of its values. */
  backward(gradients: FloatBuffer, rows: number, added: FloatBuffer): void; // (rows, width)
  collect(gradient: FloatArray): void;
}

export interface LayerNormOptions {
  /** Of gains and shifts among all parameters. */
  readonly start: number;
  readonly width: number;
  /** Most rows of a call. */
  readonly rows: number;
  readonly training: boolean;
}

export function createLayerNorm(
  engine: RecurrentEngine,
  { start, width, rows: most, training }: LayerNormOptions,
): LayerNorm {
  const { operations } = engine;
  const parameters = engine.allocate(2 * width);
  const parameterGradients = engine.allocate(training ? 2 * width : 0);
  const buffer = (length: number) => engine.allocate(training ? length : 0);
  const kept = { normalized: buffer(most * width), inverses: buffer(most) };
  return {
    load: (all) => parameters.values.set(all.subarray(start, start + 2 * width)),
    forward: (values, rows, out) => {
      operations.normalize({ values, parameters, rows, width, out, kept: training ? kept : undefined });
    },
    backward: (gradients, rows, added) => {
      operations.normalizeBack({ gradients, parameters, kept, rows, width, added, parameterGradients });
    },
    collect: (gradient) => gradient.set(parameterGradients.values, start),
  };
}
