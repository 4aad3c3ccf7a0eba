import type { FloatArray, FloatBuffer, MatrixProduct, RecurrentEngine } from './recurrent-engine.js';
import type { LinearPlace } from './vrae-layout.js';

/** A linear layer over an engine's products. Its bias is left to whoever reads the sums, in a pass made anyway. */
export interface LinearLayer {
  readonly bias: FloatArray; // (outputs)
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
  /** Undefined where nobody asks for them, or without training. */
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
  const weights = engine.allocate(outputs * inputs);
  const sums = engine.allocate(most * outputs);
  const sumGradients = inPlace ? sums : engine.allocate(training ? most * outputs : 0);
  const weightGradients = engine.allocate(training ? outputs * inputs : 0);
  const bias = engine.precision === 'float64' ? new Float64Array(outputs) : new Float32Array(outputs);
  const biasGradients = new Float64Array(training ? outputs : 0);

  // One object each for all calls: an update allocates nothing.
  const toSums: Mutable<MatrixProduct> = { a: input, b: weights, out: sums, m: 0, n: outputs, inner: inputs };
  toSums.transposeB = true;
  const toWeights: Mutable<MatrixProduct> = {
    a: sumGradients,
    b: input,
    out: weightGradients,
    m: outputs,
    n: inputs,
    inner: 0,
    transposeA: true,
  };
  const toInputs: Mutable<MatrixProduct> | undefined = inputGradients && {
    a: sumGradients,
    b: weights,
    out: inputGradients,
    m: 0,
    n: inputs,
    inner: outputs,
  };

  return {
    bias,
    sums,
    sumGradients,
    load: (parameters) => {
      const end = start + outputs * inputs;
      weights.values.set(parameters.subarray(start, end));
      bias.set(parameters.subarray(end, end + outputs));
    },
    forward: (rows) => {
      toSums.m = rows;
      engine.multiply(toSums);
    },
    backward: (rows) => {
      if (!training) throw new TypeError('this layer was not made for training');
      toWeights.inner = rows;
      engine.multiply(toWeights);
      if (toInputs !== undefined) {
        toInputs.m = rows;
        engine.multiply(toInputs);
      }
      const given = sumGradients.values;
      biasGradients.fill(0);
      for (let row = 0, i = 0; row < rows; row++) {
        for (let j = 0; j < outputs; j++, i++) biasGradients[j]! += given[i]!;
      }
    },
    collect: (gradient) => {
      gradient.set(weightGradients.values, start);
      gradient.set(biasGradients, start + outputs * inputs);
    },
  };
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
