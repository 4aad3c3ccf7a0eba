import type { VraeShape } from '../../encode/vrae/vrae-shape.js';
import { toTensors, type VraeWeights } from '../../encode/vrae/vrae-weights.js';
import type { GraphBuilder, Value } from './graph-builder.js';

/** A network's tensors by name. */
export type VraeTensors = ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;

export function toVraeTensors(weights: VraeWeights): VraeTensors {
  return new Map(toTensors(weights).map(({ name, shape, values }) => [name, { shape, values }]));
}

/** A recurrent layer's weights in the graph, as ONNX's operators take them. */
export interface RecurrentConstants {
  readonly weights: Value; // (directions, gates · hidden, inputs)
  readonly recurrent: Value; // (directions, gates · hidden, hidden)
  readonly biases: Value; // (directions, 2 · gates · hidden)
}

/** What a recurrent operator gives. */
export interface RecurrentResults {
  readonly states: Value; // (steps, directions, batch, hidden)
  readonly last: Value; // (directions, batch, hidden)
  /** Of an LSTM. */
  readonly lastCell: Value | undefined; // (directions, batch, hidden)
}

/** @param names of the layer's directions; a layer without inputs is given one that weighs nothing */
export function addRecurrentConstants(
  graph: GraphBuilder,
  { cell, hidden }: Pick<VraeShape, 'cell' | 'hidden'>,
  tensors: VraeTensors,
  names: readonly string[],
): RecurrentConstants {
  const gates = GATES[cell];
  const rows = gates.length * hidden;
  const width = tensors.get(`${names[0]}.weights`)!.shape[1]!;
  const inputs = width - hidden - 1;
  const weights = new Float32Array(names.length * rows * Math.max(1, inputs));
  const recurrent = new Float32Array(names.length * rows * hidden);
  const biases = new Float32Array(names.length * 2 * rows);
  for (const [direction, name] of names.entries()) {
    const { values } = tensors.get(`${name}.weights`)!;
    for (const [gate, ours] of gates.entries()) {
      for (let unit = 0; unit < hidden; unit++) {
        const at = (ours * hidden + unit) * width;
        const row = direction * rows + gate * hidden + unit;
        recurrent.set(values.subarray(at, at + hidden), row * hidden);
        weights.set(values.subarray(at + hidden, at + hidden + inputs), row * inputs);
        biases[row + direction * rows] = values[at + width - 1]!;
      }
    }
    // A GRU's candidate, its last gate, has a bias that the reset gate scales.
    const scaled = tensors.get(`${name}.recurrent-bias`);
    if (scaled !== undefined) biases.set(scaled.values, (2 * direction + 2) * rows - hidden);
  }
  const directions = names.length;
  return {
    weights: graph.constant(weights, [directions, rows, Math.max(1, inputs)]),
    recurrent: graph.constant(recurrent, [directions, rows, hidden]),
    biases: graph.constant(biases, [directions, 2 * rows]),
  };
}

/**
 * @param steps (steps, batch, inputs)
 * @param hidden to begin with, (directions, batch, hidden); zeros where there is none, as of the cell
 */
export function addRecurrentLayer(
  graph: GraphBuilder,
  { cell, hidden }: Pick<VraeShape, 'cell' | 'hidden'>,
  { weights, recurrent, biases }: RecurrentConstants,
  steps: Value,
  initial: { readonly hidden?: Value; readonly cell?: Value | undefined; readonly bidirectional?: boolean } = {},
): RecurrentResults {
  const direction = initial.bidirectional ? 'bidirectional' : 'forward';
  const inputs = [steps, weights, recurrent, biases, '', initial.hidden ?? ''];
  if (cell === 'gru') {
    const attributes = { hidden_size: hidden, direction, linear_before_reset: 1 };
    const [states, last] = graph.addWithResults(2, 'GRU', inputs, attributes);
    return { states: states!, last: last!, lastCell: undefined };
  }
  const attributes = { hidden_size: hidden, direction };
  const [states, last, lastCell] = graph.addWithResults(3, 'LSTM', [...inputs, initial.cell ?? ''], attributes);
  return { states: states!, last: last!, lastCell };
}

/** Which of our gates stands where: ONNX has input, output, forget, cell, and update, reset, candidate. */
const GATES = { lstm: [0, 3, 1, 2], gru: [1, 0, 2] } as const;
