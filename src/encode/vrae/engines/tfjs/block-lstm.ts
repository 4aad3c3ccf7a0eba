import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { LayerSpec } from '../../recurrent-engine.js';
import type { Tfjs } from './load-tfjs.js';
import type { Sequence, SequenceKernel } from './sequence-kernel.js';

/** A kernel with native state to free. */
export type BlockLstm = SequenceKernel & { dispose(): void };

/**
 * An LSTM as TensorFlow's whole-sequence operation, `BlockLSTMV2`, and its gradient: some ten times as fast as single
 * operations. Only the backend of tfjs-node has it, and only by name; its gates come in our order.
 */
export function createBlockLstm(
  tf: Tfjs,
  { steps, hidden, inputs }: Pick<LayerSpec, 'steps' | 'hidden' | 'inputs'>,
): BlockLstm {
  const backend = tf.backend() as unknown as NodeBackend;
  const type = { name: 'T', type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_FLOAT };
  const peephole = { name: 'use_peephole', type: backend.binding.TF_ATTR_BOOL, value: false };
  const clip = { name: 'cell_clip', type: backend.binding.TF_ATTR_FLOAT, value: 0 };
  const length = int64Scalar(tf, backend, steps);
  const fed = inputs + 1;

  /** x, cells, states, weights, three peepholes and a bias that are not used: zero. */
  const operands = ({ input, hidden: state, cell }: Sequence, weights: Tensor): Tensor[] => {
    const peepholes = tf.zeros([hidden]);
    return [length, input, cell, state, weights, peepholes, peepholes, peepholes, tf.zeros([4 * hidden])];
  };

  return {
    // Its weights are (inputs, then state; 4 hidden); ours (4 hidden; state, then inputs).
    toTensors: (weights) => [
      tf.tidy(() => {
        const matrix = tf.tensor2d(weights.slice(), [4 * hidden, hidden + fed]);
        const [ofState, ofInputs] = tf.split(matrix, [hidden, fed], 1) as [Tensor2D, Tensor2D];
        return tf.transpose(tf.concat([ofInputs, ofState], 1));
      }),
    ],
    forward: (sequence, [weights]) => {
      const given = operands(sequence, weights!);
      const trace = backend.executeMultipleOutputs('BlockLSTMV2', [clip, peephole, type], given, 7);
      const finalCell = tf.reshape(tf.slice(trace[1]!, [steps - 1, 0, 0], [1, -1, -1]), sequence.hidden.shape);
      return { states: trace[6] as Tensor3D, finalCell: finalCell as Tensor2D, trace };
    },
    backward: (sequence, [weights], trace, upstream) => {
      const ofCells = tf.zerosLike(trace[1]!); // only hidden states are used
      const given = [...operands(sequence, weights!), ...trace, ofCells, upstream];
      const gradients = backend.executeMultipleOutputs('BlockLSTMGradV2', [peephole, type], given, 8);
      const [ofInputs, ofState] = tf.split(tf.transpose(gradients[3]!), [fed, hidden], 1) as [Tensor2D, Tensor2D];
      return {
        input: gradients[0] as Tensor3D,
        hidden: gradients[2] as Tensor2D,
        weights: [tf.concat([ofState, ofInputs], 1)],
      };
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
