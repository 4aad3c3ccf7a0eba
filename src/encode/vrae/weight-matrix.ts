import type { FloatArray, FloatBuffer, MatrixProduct, RecurrentEngine } from './recurrent-engine.js';
import type { LinearPlace } from './vrae-layout.js';

/** A matrix of weights, (outputs, inputs), on an engine, and the products that training takes of it. */
export interface WeightMatrix {
  load(parameters: FloatArray): void;
  /** Writes the sums of `rows` rows of the input. */
  forward(rows: number): void;
  /** Computes the gradient of the weights, and that of the input where a buffer was given for it. */
  backward(rows: number): void;
  /** Writes the gradient of the weights to its place among all. */
  collect(gradient: FloatArray): void;
}

export interface WeightMatrixOptions {
  readonly place: Pick<LinearPlace, 'start' | 'inputs' | 'outputs'>;
  readonly input: FloatBuffer; // (rows, inputs)
  readonly sums: FloatBuffer; // (rows, outputs)
  /** Where `backward` finds what it goes back from; may be `sums`. */
  readonly sumGradients: FloatBuffer; // (rows, outputs)
  /** Undefined where nobody asks for them, or without training; may be `input`, which is then written over. */
  readonly inputGradients: FloatBuffer | undefined; // (rows, inputs)
  readonly training: boolean;
}

export function createWeightMatrix(
  engine: RecurrentEngine,
  { place: { start, inputs, outputs }, input, sums, sumGradients, inputGradients, training }: WeightMatrixOptions,
): WeightMatrix {
  const weights = engine.allocate(outputs * inputs);
  const weightGradients = engine.allocate(training ? outputs * inputs : 0);

  const { packedLength, packWeights } = engine.operations;
  const packed = engine.allocate(packedLength(outputs, inputs));

  // One object each for all calls: an update allocates nothing.
  const toSums: Mutable<MatrixProduct> = { a: input, b: weights, out: sums, m: 0, n: outputs, inner: inputs };
  toSums.transposeB = true;
  if (packed.length > 0) toSums.packed = packed;
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
    load: (parameters) => {
      weights.values.set(parameters.subarray(start, start + outputs * inputs));
      if (packed.length > 0) packWeights(weights, outputs, inputs, packed);
    },
    forward: (rows) => {
      toSums.m = rows;
      engine.multiply(toSums);
    },
    backward: (rows) => {
      if (!training) throw new TypeError('this layer was not made for training');
      toWeights.inner = rows;
      engine.multiply(toWeights);
      if (toInputs === undefined) return;
      toInputs.m = rows;
      engine.multiply(toInputs);
    },
    collect: (gradient) => gradient.set(weightGradients.values, start),
  };
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
