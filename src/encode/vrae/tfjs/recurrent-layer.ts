import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Tfjs } from './load-tfjs.js';

/**
 * Runs an LSTM over whole sequences; differentiable.
 *
 * @param input (steps, rows, channels + 1), its last channel 1 for the bias
 * @param initial hidden state, (rows, hidden); the cells start at zero
 * @param matrix as in `VraeWeights`: (4 hidden, hidden + channels + 1)
 * @returns all hidden states, (steps, rows, hidden)
 */
export type RecurrentLayer = (input: Tensor3D, initial: Tensor2D, matrix: Tensor2D) => Tensor3D;

/** The layer as single operations, step by step: for any backend. */
export function unrolledLayer(tf: Tfjs): RecurrentLayer {
  return (input, initial, matrix) => {
    let hidden = initial;
    let cell = tf.zerosLike(initial);
    const states: Tensor2D[] = [];
    for (const at of tf.unstack(input) as Tensor2D[]) {
      const gates = tf.matMul(tf.concat([hidden, at], 1), matrix, false, true);
      const [i, f, g, o] = tf.split(gates, 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
      cell = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g)));
      hidden = tf.mul(tf.sigmoid(o), tf.tanh(cell));
      states.push(hidden);
    }
    return tf.stack(states) as Tensor3D;
  };
}

/** A layer with native state to free. */
export interface BlockLayer {
  readonly layer: RecurrentLayer;
  dispose(): void;
}

/**
 * The layer as TensorFlow's whole-sequence operation, `BlockLSTMV2`, and its gradient: some ten times as fast as single
 * operations. Only the backend of tfjs-node has it, and only by name; its gates come in our order.
 *
 * @returns undefined where the backend is another
 */
export function blockLayer(tf: Tfjs, steps: number): BlockLayer | undefined {
  if (tf.getBackend() !== 'tensorflow') return undefined;
  const backend = tf.backend() as unknown as NodeBackend;
  const type = { name: 'T', type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_FLOAT };
  const peephole = { name: 'use_peephole', type: backend.binding.TF_ATTR_BOOL, value: false };
  const clip = { name: 'cell_clip', type: backend.binding.TF_ATTR_FLOAT, value: 0 };
  const length = int64Scalar(tf, backend, steps);

  /** x, cells, states, weights, three peepholes and a bias that are not used: zero. */
  const operands = (x: Tensor, initial: Tensor, weights: Tensor): Tensor[] => {
    const units = initial.shape[1]!;
    const peepholes = tf.zeros([units]);
    const bias = tf.zeros([4 * units]);
    return [length, x, tf.zerosLike(initial), initial, weights, peepholes, peepholes, peepholes, bias];
  };

  const run = (input: Tensor3D, initial: Tensor2D, weights: Tensor2D): Tensor3D => {
    const differentiable = tf.customGrad((...given) => {
      const [h, w] = given as unknown as [Tensor2D, Tensor2D];
      const save = given[2] as unknown as (tensors: Tensor[]) => void;
      const outputs = backend.executeMultipleOutputs('BlockLSTMV2', [clip, peephole, type], operands(input, h, w), 7);
      save([input, h, w, ...outputs]);
      return {
        value: outputs[6] as Tensor3D,
        gradFunc: (upstream: Tensor, saved: Tensor[]) => {
          const [x, initialState, kernel, ...trace] = saved as [Tensor, Tensor, Tensor, ...Tensor[]];
          const inputs = [
            ...operands(x, initialState, kernel),
            ...trace,
            tf.zerosLike(trace[1]!), // of the cells: only hidden states are used
            upstream,
          ];
          const gradients = backend.executeMultipleOutputs('BlockLSTMGradV2', [peephole, type], inputs, 8);
          return [gradients[2]!, gradients[3]!];
        },
      };
    });
    return differentiable(initial, weights) as Tensor3D;
  };

  return {
    layer: (input, initial, matrix) => {
      // Its weights are (channels, then hidden; 4 hidden); ours (4 hidden; hidden, then channels).
      const units = initial.shape[1];
      const [recurrent, fed] = tf.split(matrix, [units, matrix.shape[1] - units], 1) as [Tensor2D, Tensor2D];
      return run(input, initial, tf.transpose(tf.concat([fed, recurrent], 1)) as Tensor2D);
    },
    dispose: () => length.dispose(),
  };
}

/** What we use of tfjs-node's backend. */
interface NodeBackend {
  readonly binding: Readonly<
    Record<'TF_ATTR_TYPE' | 'TF_ATTR_BOOL' | 'TF_ATTR_FLOAT' | 'TF_FLOAT' | 'TF_INT64', number>
  >;
  readonly tensorMap: { set(dataId: object, tensor: object): void };
  executeMultipleOutputs(
    name: string,
    attributes: readonly object[],
    inputs: readonly Tensor[],
    count: number,
  ): Tensor[];
}

/** TensorFlow.js has no 64-bit integers; the backend makes one of two 32-bit halves when told the type itself. */
function int64Scalar(tf: Tfjs, backend: NodeBackend, value: number): Tensor {
  const dataId = {};
  const halves = Int32Array.of(value, 0);
  backend.tensorMap.set(dataId, { shape: [], dtype: backend.binding.TF_INT64, values: halves, id: -1, refCount: 1 });
  return tf.keep(tf.engine().makeTensorFromTensorInfo({ dataId, shape: [], dtype: 'int32' }));
}
