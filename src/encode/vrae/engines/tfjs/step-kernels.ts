import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { LayerSpec } from '../../recurrent-engine.js';
import type { Tfjs } from './load-tfjs.js';
import type { Sequence, SequenceKernel } from './sequence-kernel.js';

/** A layer as single operations, step by step, for any backend. Its way back runs it once more. */
export function createStepKernel(
  tf: Tfjs,
  { cell, hidden, inputs }: Pick<LayerSpec, 'cell' | 'hidden' | 'inputs'>,
): SequenceKernel {
  const width = hidden + inputs + 1;
  const run = cell === 'lstm' ? runLstm : runGru;
  return {
    toTensors: (weights) => {
      const rows = (cell === 'lstm' ? 4 : 3) * hidden;
      const matrix = tf.tensor2d(weights.slice(0, rows * width), [rows, width]);
      return cell === 'lstm' ? [matrix] : [matrix, tf.tensor2d(weights.slice(rows * width), [1, hidden])];
    },
    forward: (sequence, weights) => ({ ...run(tf, sequence, weights as Tensor2D[]), trace: [] }),
    backward: (sequence, weights, _trace, upstream) => {
      const gradients = tf.grads((...given) => {
        const [input, state, ...matrices] = given as unknown as [Tensor3D, Tensor2D, ...Tensor2D[]];
        return run(tf, { ...sequence, input, hidden: state }, matrices).states;
      });
      const [input, state, ...ofWeights] = gradients([sequence.input, sequence.hidden, ...weights], upstream);
      return { input: input as Tensor3D, hidden: state as Tensor2D, weights: ofWeights };
    },
  };
}

function runLstm(tf: Tfjs, { input, ...initial }: Sequence, [matrix]: readonly Tensor2D[]) {
  let { hidden, cell } = initial;
  const states: Tensor2D[] = [];
  for (const at of toSteps(tf, input)) {
    const sums = tf.matMul(tf.concat([hidden, at], 1), matrix!, false, true);
    const [i, f, g, o] = tf.split(sums, 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
    cell = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    hidden = tf.mul(tf.sigmoid(o), tf.tanh(cell));
    states.push(hidden);
  }
  return { states: tf.stack(states) as Tensor3D, finalCell: cell };
}

function runGru(tf: Tfjs, { input, hidden: initial }: Sequence, [matrix, recurrentBias]: readonly Tensor2D[]) {
  const units = initial.shape[1];
  const [recurrent, fed] = tf.split(matrix!, [units, matrix!.shape[1] - units], 1) as [Tensor2D, Tensor2D];
  let hidden = initial;
  const states: Tensor2D[] = [];
  for (const at of toSteps(tf, input)) {
    const [r, u, fromState] = tf.split(tf.matMul(hidden, recurrent, false, true), 3, 1) as [
      Tensor2D,
      Tensor2D,
      Tensor2D,
    ];
    const [ofR, ofU, fromInput] = tf.split(tf.matMul(at, fed, false, true), 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
    const reset = tf.sigmoid(tf.add(r, ofR));
    const update = tf.sigmoid(tf.add(u, ofU));
    const candidate = tf.tanh(tf.add(fromInput, tf.mul(reset, tf.add(fromState, recurrentBias!))));
    hidden = tf.add(candidate, tf.mul(update, tf.sub(hidden, candidate)));
    states.push(hidden);
  }
  return { states: tf.stack(states) as Tensor3D, finalCell: undefined };
}

function toSteps(tf: Tfjs, input: Tensor3D): Tensor2D[] {
  // The gradient of unstack fails for a single step.
  if (input.shape[0] === 1) return [tf.reshape(input, [input.shape[1], input.shape[2]])];
  return tf.unstack(input) as Tensor2D[];
}
