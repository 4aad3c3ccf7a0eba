import type { FloatArray, RecurrentEngine } from '../vrae/recurrent-engine.js';

/** Layer normalisation (Ba et al., 2016): each token has mean zero and variance one, before gains and shifts. */
export interface LayerNorm {
  load(parameters: FloatArray): void;
  forward(values: FloatArray, rows: number, out: FloatArray): void; // (rows, width)
  /** After a `forward` of as many rows; adds to the gradient of its values. */
  backward(gradients: FloatArray, rows: number, added: FloatArray): void; // (rows, width)
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

/** Added to a variance; it is PyTorch's. */
export const NORM_EPSILON = 1e-5;

export function createLayerNorm(
  engine: RecurrentEngine,
  { start, width, rows: most, training }: LayerNormOptions,
): LayerNorm {
  const parameters = new Float64Array(2 * width);
  const gradients = new Float64Array(2 * width);
  const normalized = engine.allocate(training ? most * width : 0);
  const inverses = new Float64Array(most);
  return {
    load: (all) => parameters.set(all.subarray(start, start + 2 * width)),
    forward: (values, rows, out) => {
      const kept = normalized.values;
      for (let row = 0, at = 0; row < rows; row++, at += width) {
        let sum = 0;
        for (let i = at; i < at + width; i++) sum += values[i]!;
        const mean = sum / width;
        let squares = 0;
        for (let i = at; i < at + width; i++) squares += (values[i]! - mean) * (values[i]! - mean);
        const inverse = 1 / Math.sqrt(squares / width + NORM_EPSILON);
        inverses[row] = inverse;
        for (let i = 0; i < width; i++) {
          const value = (values[at + i]! - mean) * inverse;
          if (training) kept[at + i] = value;
          out[at + i] = value * parameters[i]! + parameters[width + i]!;
        }
      }
    },
    backward: (given, rows, added) => {
      const kept = normalized.values;
      gradients.fill(0);
      for (let row = 0, at = 0; row < rows; row++, at += width) {
        let sum = 0;
        let along = 0;
        for (let i = 0; i < width; i++) {
          const slope = given[at + i]!;
          const value = kept[at + i]!;
          gradients[i]! += slope * value;
          gradients[width + i]! += slope;
          sum += slope * parameters[i]!;
          along += slope * parameters[i]! * value;
        }
        const inverse = inverses[row]!;
        for (let i = 0; i < width; i++) {
          const slope = given[at + i]! * parameters[i]! - (sum + kept[at + i]! * along) / width;
          added[at + i]! += inverse * slope;
        }
      }
    },
    collect: (gradient) => gradient.set(gradients, start),
  };
}
