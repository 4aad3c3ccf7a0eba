import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { INFERENCE_ROWS } from '../../inference-rows.js';
import { type FloatBuffer, type LayerSpec, layerWeightCount, type RecurrentLayer } from '../../recurrent-engine.js';
import { type BlockLstm, createBlockLstm } from './block-lstm.js';
import type { Tfjs } from './load-tfjs.js';
import type { Sequence } from './sequence-kernel.js';
import { createStepKernel } from './step-kernels.js';

/** A recurrent layer on TensorFlow.js, in single precision. */
export type TfjsLayer = RecurrentLayer & { dispose(): void };

export function createTfjsLayer(tf: Tfjs, spec: LayerSpec, allocate: (length: number) => FloatBuffer): TfjsLayer {
  const { steps, inputs, hidden, training, rows: most } = spec;
  const lstm = spec.cell === 'lstm';
  const block: BlockLstm | undefined = lstm && tf.getBackend() === 'tensorflow' ? createBlockLstm(tf, spec) : undefined;
  const kernel = block ?? createStepKernel(tf, spec);
  const states = (spec.outputs === 'all' ? steps : 1) * most * hidden;
  const layer = {
    inputs: allocate(steps * most * inputs),
    initialHidden: allocate(most * hidden),
    initialCell: allocate(lstm ? most * hidden : 0),
    outputs: allocate(states),
    finalCell: allocate(lstm ? most * hidden : 0),
    outputGradients: allocate(training ? states : 0),
    weightGradients: allocate(training ? layerWeightCount(spec) : 0),
    initialHiddenGradients: allocate(training ? most * hidden : 0),
    inputGradients: allocate(training && spec.inputGradients ? steps * most * inputs : 0),
  };
  let weights: readonly Tensor[] = [];
  let last: { readonly sequence: Sequence; readonly trace: readonly Tensor[] } | undefined;

  /** Rows [from, from + count) of `rows`, followed by zeros up to `size`. */
  const toSequence = (from: number, count: number, rows: number, size: number): Sequence => {
    const source = layer.inputs.values;
    const input = new Float32Array(steps * size * (inputs + 1)).fill(1);
    for (let t = 0; t < steps; t++) {
      for (let row = 0; row < count; row++) {
        const p = (t * rows + from + row) * inputs;
        const q = (t * size + row) * (inputs + 1);
        for (let i = 0; i < inputs; i++) input[q + i] = source[p + i]!;
      }
    }
    const padded = ({ values }: FloatBuffer): Float32Array => {
      const out = new Float32Array(size * hidden);
      out.set(values.subarray(from * hidden, (from + count) * hidden));
      return out;
    };
    return {
      input: tf.tensor3d(input, [steps, size, inputs + 1]),
      hidden: tf.tensor2d(padded(layer.initialHidden), [size, hidden]),
      cell: tf.tensor2d(padded(layer.initialCell), [size, hidden]),
    };
  };

  const read = (
    all: Tensor,
    cell: Tensor | undefined,
    from: number,
    count: number,
    rows: number,
    size: number,
  ): void => {
    const values = all.dataSync() as Float32Array;
    const target = layer.outputs.values;
    for (let t = spec.outputs === 'all' ? 0 : steps - 1; t < steps; t++) {
      const start = t * size * hidden;
      const step = spec.outputs === 'all' ? t * rows : 0;
      target.set(values.subarray(start, start + count * hidden), (step + from) * hidden);
    }
    if (cell === undefined) return;
    layer.finalCell.values.set((cell.dataSync() as Float32Array).subarray(0, count * hidden), from * hidden);
  };

  const forget = (): void => {
    if (last !== undefined) tf.dispose([...Object.values(last.sequence), ...last.trace]);
    last = undefined;
  };

  return {
    spec,
    ...layer,
    load: (loaded) => {
      tf.dispose([...weights]);
      weights = kernel.toTensors(loaded as Float32Array);
    },
    forward: (rows) => {
      forget();
      if (training) {
        const kept = tf.tidy(() => {
          const sequence = toSequence(0, rows, rows, rows);
          const { states: all, finalCell, trace } = kernel.forward(sequence, weights);
          read(all, finalCell, 0, rows, rows, rows);
          return [sequence.input, sequence.hidden, sequence.cell, ...trace];
        });
        const [input, state, cell, ...trace] = kept as [Tensor3D, Sequence['hidden'], Sequence['cell'], ...Tensor[]];
        last = { sequence: { input, hidden: state, cell }, trace };
        return;
      }
      for (let from = 0; from < rows; from += INFERENCE_ROWS) {
        const count = Math.min(INFERENCE_ROWS, rows - from);
        tf.tidy(() => {
          const { states: all, finalCell } = kernel.forward(toSequence(from, count, rows, INFERENCE_ROWS), weights);
          read(all, finalCell, from, count, rows, INFERENCE_ROWS);
        });
      }
    },
    backward: (rows) => {
      if (last === undefined) throw new TypeError('forward() comes first');
      const { sequence, trace } = last;
      tf.tidy(() => {
        const given = new Float32Array(steps * rows * hidden);
        const start = spec.outputs === 'all' ? 0 : (steps - 1) * rows * hidden;
        given.set(layer.outputGradients.values.subarray(0, given.length - start), start);
        const found = kernel.backward(sequence, weights, trace, tf.tensor3d(given, [steps, rows, hidden]));
        let at = 0;
        for (const tensor of found.weights) {
          layer.weightGradients.values.set(tensor.dataSync() as Float32Array, at);
          at += tensor.size;
        }
        layer.initialHiddenGradients.values.set(found.hidden.dataSync() as Float32Array);
        if (layer.inputGradients.length === 0) return;
        const ofInputs = tf.slice(found.input, [0, 0, 0], [steps, rows, inputs]);
        layer.inputGradients.values.set(ofInputs.dataSync() as Float32Array);
      });
    },
    dispose: () => {
      forget();
      tf.dispose([...weights]);
      weights = [];
      block?.dispose();
    },
  };
}
