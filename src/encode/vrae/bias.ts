import type { FloatArray, RecurrentEngine } from './recurrent-engine.js';

/** A bias of sums, which whoever reads them adds in a pass that is made anyway. */
export interface Bias {
  readonly values: FloatArray; // (size)
  load(parameters: FloatArray): void;
  /** Sums the gradients of `rows` rows up. */
  backward(sumGradients: FloatArray, rows: number): void;
  /** Writes the gradient to its place among all. */
  collect(gradient: FloatArray): void;
}

/** @param start among all parameters */
export function createBias(engine: RecurrentEngine, start: number, size: number, training: boolean): Bias {
  const values = engine.precision === 'float64' ? new Float64Array(size) : new Float32Array(size);
  const gradients = new Float64Array(training ? size : 0);
  return {
    values,
    load: (parameters) => values.set(parameters.subarray(start, start + size)),
    backward: (sumGradients, rows) => {
      gradients.fill(0);
      for (let row = 0, i = 0; row < rows; row++) {
        for (let j = 0; j < size; j++, i++) gradients[j]! += sumGradients[i]!;
      }
    },
    collect: (gradient) => gradient.set(gradients, start),
  };
}
