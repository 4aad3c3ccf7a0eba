import { createBias } from './bias.js';
import type { FloatArray, FloatBuffer, RecurrentEngine } from './recurrent-engine.js';
import type { LinearPlace } from './vrae-layout.js';
import { createWeightMatrix } from './weight-matrix.js';

/** A linear layer over an engine's products. Its bias is left to whoever reads the sums, in a pass made anyway. */
export interface LinearLayer {
  readonly bias: FloatBuffer; // (outputs)
  readonly sums: FloatBuffer; // (rows, outputs), without bias
  /** Written by the caller before `backward`; the place of `sums` themselves where those are no longer needed. */
  readonly sumGradients: FloatBuffer; // (rows, outputs)
  load(parameters: FloatArray): void;
  forward(rows: number): void;
  /** Computes the gradients of weights and bias, and those of the input where a buffer was given for them. */
  backward(rows: number): void;
  /** Writes the gradients of weights and bias to their place among all. */
  collect(gradient: FloatArray): void;
}

export interface LinearLayerOptions {
  readonly place: LinearPlace;
  readonly rows: number;
  readonly input: FloatBuffer; // (rows, inputs)
  /** Undefined where nobody asks for them, or without training; may be `input`, which is then written over. */
  readonly inputGradients: FloatBuffer | undefined; // (rows, inputs)
  /** Whether `backward` is to be called. @default whether there are `inputGradients` */
  readonly training?: boolean;
  /** Whether the gradients of the sums take the place of the sums. */
  readonly inPlace: boolean;
}

export function createLinearLayer(
  engine: RecurrentEngine,
  { place, rows: most, input, inputGradients, training = inputGradients !== undefined, inPlace }: LinearLayerOptions,
): LinearLayer {
  const { start, inputs, outputs } = place;
  const sums = engine.allocate(most * outputs);
  const sumGradients = inPlace ? sums : engine.allocate(training ? most * outputs : 0);
  const weights = createWeightMatrix(engine, { place, input, sums, sumGradients, inputGradients, training });
  const bias = createBias(engine, start + outputs * inputs, outputs, training);
  return {
    bias: bias.values,
    sums,
    sumGradients,
    load: (parameters) => {
      weights.load(parameters);
      bias.load(parameters);
    },
    forward: (rows) => weights.forward(rows),
    backward: (rows) => {
      weights.backward(rows);
      bias.backward(sumGradients, rows);
    },
    collect: (gradient) => {
      weights.collect(gradient);
      bias.collect(gradient);
    },
  };
}
