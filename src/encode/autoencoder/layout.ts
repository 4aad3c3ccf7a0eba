import type { LinearPlace, TensorPlace } from '../vrae/vrae-layout.js';

/** All parameters of an autoencoder as one array, tensor after tensor. */
export interface Layout {
  readonly tensors: readonly PlacedTensor[];
  /** Number of parameters. */
  readonly count: number;
  /** The bias of what the decoder gives, which goes over and over along a window's cells. */
  readonly outputBias: { readonly start: number; readonly length: number };
}

/** A tensor, and where a training begins with it. */
export interface PlacedTensor extends TensorPlace {
  readonly initial: InitialValues;
}

/** Uniform draws between the bounds, or numbers by their index. */
export type InitialValues = { readonly bound: number } | ((index: number) => number);

/** Places tensors one after the other. */
export interface LayoutBuilder {
  /** @returns its place */
  add(name: string, shape: readonly number[], initial: InitialValues): PlacedTensor;
  /**
   * Weights, (outputs, inputs), by uniform draws, and a bias of zeros behind them.
   *
   * @param shape that the weights are stored in. @default (outputs, inputs)
   * @param biases @default as many as outputs
   */
  addLinear(name: string, sizes: LinearSizes): LinearPlace;
  build(outputBias: Layout['outputBias']): Layout;
}

export interface LinearSizes {
  readonly inputs: number;
  readonly outputs: number;
  readonly bound: number;
  readonly shape?: readonly number[];
  readonly biases?: number;
}

/** Bound of He et al. (2015), for weights in front of rectified sums. */
export function boundOfHe(inputs: number): number {
  return Math.sqrt(6 / inputs);
}

/** Bound of Glorot and Bengio (2010). */
export function boundOfGlorot(inputs: number, outputs: number): number {
  return Math.sqrt(6 / (inputs + outputs));
}

export function createLayoutBuilder(): LayoutBuilder {
  const tensors: PlacedTensor[] = [];
  let count = 0;
  const add: LayoutBuilder['add'] = (name, shape, initial) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const tensor = { name, shape, start: count, length, initial };
    tensors.push(tensor);
    count += length;
    return tensor;
  };
  return {
    add,
    addLinear: (name, { inputs, outputs, bound, shape = [outputs, inputs], biases = outputs }) => {
      const { start } = add(`${name}.weights`, shape, { bound });
      add(`${name}.bias`, [biases], () => 0);
      return { start, length: count - start, inputs, outputs };
    },
    build: (outputBias) => ({ tensors, count, outputBias }),
  };
}
