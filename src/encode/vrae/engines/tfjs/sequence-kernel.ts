import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';

/** One recurrent layer as TensorFlow operations. Inputs have one more column, of ones, for the bias. */
export interface SequenceKernel {
  /** Weights as the operations take them, from one array in the contract's layout. */
  toTensors(weights: Float32Array): Tensor[];
  /** Runs all steps. */
  forward(sequence: Sequence, weights: readonly Tensor[]): SequenceStates;
  /** Goes back; `upstream` is the gradient of all hidden states. */
  backward(
    sequence: Sequence,
    weights: readonly Tensor[],
    trace: readonly Tensor[],
    upstream: Tensor3D,
  ): SequenceGradients;
}

export interface Sequence {
  readonly input: Tensor3D; // (steps, rows, inputs + 1)
  readonly hidden: Tensor2D; // (rows, hidden)
  readonly cell: Tensor2D; // (rows, hidden); zero for a gru
}

export interface SequenceStates {
  readonly states: Tensor3D; // (steps, rows, hidden)
  readonly finalCell: Tensor2D | undefined; // (rows, hidden); lstm only
  /** What `backward` needs. */
  readonly trace: readonly Tensor[];
}

export interface SequenceGradients {
  /** In the order of the contract's layout. */
  readonly weights: readonly Tensor[];
  readonly input: Tensor3D; // (steps, rows, inputs + 1)
  readonly hidden: Tensor2D; // (rows, hidden)
}
