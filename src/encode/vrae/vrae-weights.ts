import type { Random } from '../../numeric/random.js';

/** What fixes the sizes of a network's matrices. */
export interface VraeShape {
  /** Steps of a series. */
  readonly steps: number;
  readonly channels: number;
  /** Units of each of the two recurrent layers. */
  readonly hidden: number;
  readonly latent: number;
}

/**
 * A trained network as plain numbers.
 *
 * Every matrix is row-major, takes a column vector from the right, and has its bias as the last column. The rows of a
 * recurrent matrix are the gates input, forget, cell, output, `hidden` rows each.
 */
export interface VraeWeights {
  readonly shape: VraeShape;
  /** Recurrent encoder; its columns are the hidden state, the channels and the bias. */
  readonly encoder: Float32Array; // (4 hidden, hidden + channels + 1)
  /** From the last hidden state to the posterior: rows are the means, then the log-variances. */
  readonly posterior: Float32Array; // (2 latent, hidden + 1)
  /** From the latents to the decoder's initial hidden state, before its tanh. */
  readonly initial: Float32Array; // (hidden, latent + 1)
  /** Recurrent decoder. It has no input. */
  readonly decoder: Float32Array; // (4 hidden, hidden + 1)
  /** From each hidden state to a step's channels. */
  readonly output: Float32Array; // (channels, hidden + 1)
}

/** The names of the matrices, in the order in which they are laid out one after the other. */
export const VRAE_MATRICES = ['encoder', 'posterior', 'initial', 'decoder', 'output'] as const;

export type VraeMatrix = (typeof VRAE_MATRICES)[number];

/** Rows and columns of a matrix. */
export function matrixSize({ channels, hidden, latent }: VraeShape, name: VraeMatrix): readonly [number, number] {
  switch (name) {
    case 'encoder':
      return [4 * hidden, hidden + channels + 1];
    case 'posterior':
      return [2 * latent, hidden + 1];
    case 'initial':
      return [hidden, latent + 1];
    case 'decoder':
      return [4 * hidden, hidden + 1];
    case 'output':
      return [channels, hidden + 1];
  }
}

/** Number of parameters of all matrices together. */
export function parameterCount(shape: VraeShape): number {
  return VRAE_MATRICES.reduce((sum, name) => sum + matrixSize(shape, name).reduce((a, b) => a * b), 0);
}

/** The matrices as views into one array of `parameterCount` numbers. */
export function toMatrices(shape: VraeShape, parameters: Float64Array): Readonly<Record<VraeMatrix, Float64Array>> {
  let start = 0;
  const views = VRAE_MATRICES.map((name) => {
    const [rows, columns] = matrixSize(shape, name);
    const view = parameters.subarray(start, start + rows * columns);
    start += rows * columns;
    return [name, view] as const;
  });
  return Object.fromEntries(views) as Record<VraeMatrix, Float64Array>;
}

/** Copies weights into one array in double precision, in which training and inference compute. */
export function toParameters(weights: VraeWeights): Float64Array {
  const parameters = new Float64Array(parameterCount(weights.shape));
  const matrices = toMatrices(weights.shape, parameters);
  for (const name of VRAE_MATRICES) matrices[name].set(weights[name]);
  return parameters;
}

/** Rounds parameters to the weights that are stored and sent. */
export function toWeights(shape: VraeShape, parameters: Float64Array): VraeWeights {
  const { encoder, posterior, initial, decoder, output } = toMatrices(shape, parameters);
  return {
    shape,
    encoder: Float32Array.from(encoder),
    posterior: Float32Array.from(posterior),
    initial: Float32Array.from(initial),
    decoder: Float32Array.from(decoder),
    output: Float32Array.from(output),
  };
}

/**
 * New parameters: uniform within the bounds of Glorot and Bengio (2010) for each block of a matrix, biases zero but for
 * the forget gates', which are one so that early gradients pass (Jozefowicz et al., 2015).
 */
export function createParameters(shape: VraeShape, random: Random): Float64Array {
  const { hidden, channels } = shape;
  const parameters = new Float64Array(parameterCount(shape));
  const matrices = toMatrices(shape, parameters);
  for (const name of VRAE_MATRICES) {
    const [rows, columns] = matrixSize(shape, name);
    const recurrent = name === 'encoder' || name === 'decoder';
    const fanOut = recurrent ? hidden : rows;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns - 1; j++) {
        const fanIn = recurrent ? (j < hidden ? hidden : channels) : columns - 1;
        const bound = Math.sqrt(6 / (fanIn + fanOut));
        matrices[name][i * columns + j] = bound * (2 * random.next() - 1);
      }
      const forget = recurrent && i >= hidden && i < 2 * hidden;
      matrices[name][(i + 1) * columns - 1] = forget ? 1 : 0;
    }
  }
  return parameters;
}
