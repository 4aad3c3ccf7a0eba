import type { FloatArray, FloatBuffer, RecurrentEngine } from './recurrent-engine.js';

/** A bias of sums, which whoever reads them adds in a pass that is made anyway. */
export interface Bias {
  readonly values: FloatBuffer; // (size)
  load(parameters: FloatArray): void;
  /** Sums the gradients of `rows` rows up. */
  backward(sumGradients: FloatBuffer, rows: number): void;
  /** Writes the gradient to its place among all. */
  collect(gradient: FloatArray): void;
}

/** @param start among all parameters */
export function createBias(engine: RecurrentEngine, start: number, size: number, training: boolean): Bias {
  const values = engine.allocate(size);
  const gradients = engine.allocate(training ? size : 0);
  return {
    values,
    load: (parameters) => values.values.set(parameters.subarray(start, start + size)),
    backward: (sumGradients, rows) => engine.operations.sumColumns(sumGradients, rows, size, gradients),
    collect: (gradient) => gradient.set(gradients.values, start),
  };
}
