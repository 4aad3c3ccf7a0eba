import type { LayerSpec } from '../../../../src/encode/vrae/recurrent-engine.js';
import { createRandom } from '../../../../src/numeric/random.js';

/** What goes into a layer, for the first `rows` of its rows. */
export interface LayerInput {
  readonly rows: number;
  readonly weights: Float64Array;
  readonly inputs: Float64Array; // (steps, rows, inputs)
  readonly initialHidden: Float64Array; // (rows, hidden)
  readonly initialCell: Float64Array; // (rows, hidden)
  readonly outputGradients: Float64Array; // as the outputs
}

export interface LayerResult {
  readonly outputs: Float64Array;
  readonly finalCell: Float64Array;
  readonly weightGradients: Float64Array;
  readonly initialHiddenGradients: Float64Array;
  readonly inputGradients: Float64Array;
}

/** Numbers as a training has them; `scale` is the spread of the weights. */
export function randomInput(spec: LayerSpec, rows: number, seed: number, scale = 0.4): LayerInput {
  const { cell, steps, inputs, hidden, outputs } = spec;
  const random = createRandom(seed);
  const normal = (length: number, by = 1) => Float64Array.from({ length }, () => Math.fround(by * random.normal()));
  const columns = hidden + inputs + 1;
  return {
    rows,
    weights: normal(cell === 'lstm' ? 4 * hidden * columns : 3 * hidden * columns + hidden, scale),
    inputs: normal(steps * rows * inputs),
    initialHidden: normal(rows * hidden, 0.5),
    initialCell: normal(rows * hidden, 0.5),
    outputGradients: normal((outputs === 'all' ? steps : 1) * rows * hidden),
  };
}

/** One number at a time, in double precision, as the equations are written. */
export function runNaively(spec: LayerSpec, input: LayerInput): LayerResult {
  const { steps, inputs, hidden, outputs } = spec;
  const { rows, weights } = input;
  const result = {
    outputs: new Float64Array(input.outputGradients.length),
    finalCell: new Float64Array(spec.cell === 'lstm' ? rows * hidden : 0),
    weightGradients: new Float64Array(weights.length),
    initialHiddenGradients: new Float64Array(rows * hidden),
    inputGradients: new Float64Array(steps * rows * inputs),
  };
  const run = spec.cell === 'lstm' ? lstm : gru;
  for (let row = 0; row < rows; row++) {
    const outputAt = (t: number, i: number): number => {
      if (outputs === 'all') return (t * rows + row) * hidden + i;
      return t === steps - 1 ? row * hidden + i : -1;
    };
    const sequence: Sequence = {
      steps,
      inputs,
      hidden,
      weights,
      gradients: result.weightGradients,
      x: (t, i) => input.inputs[(t * rows + row) * inputs + i]!,
      addToInput: (t, i, by) => {
        result.inputGradients[(t * rows + row) * inputs + i]! += by;
      },
      gradientAt: (t, i) => (outputAt(t, i) < 0 ? 0 : input.outputGradients[outputAt(t, i)]!),
    };
    const part = (values: Float64Array) => values.subarray(row * hidden, (row + 1) * hidden);
    const { states, cell, initial } = run(sequence, part(input.initialHidden), part(input.initialCell));
    for (let t = 0; t < steps; t++) {
      for (let i = 0; i < hidden; i++) {
        if (outputAt(t, i) >= 0) result.outputs[outputAt(t, i)] = states[t + 1]![i]!;
      }
    }
    if (spec.cell === 'lstm') result.finalCell.set(cell, row * hidden);
    result.initialHiddenGradients.set(initial, row * hidden);
  }
  return result;
}

/** One row's part of a layer. */
interface Sequence {
  readonly steps: number;
  readonly inputs: number;
  readonly hidden: number;
  readonly weights: Float64Array;
  readonly gradients: Float64Array;
  readonly x: (t: number, i: number) => number;
  readonly addToInput: (t: number, i: number, by: number) => void;
  readonly gradientAt: (t: number, i: number) => number;
}

interface SequenceResult {
  readonly states: readonly Float64Array[];
  readonly cell: Float64Array;
  readonly initial: Float64Array;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Row `r` of the weight matrix times [state, inputs, 1]; either part can be left out. */
function dot(sequence: Sequence, r: number, state: Float64Array | undefined, t: number | undefined): number {
  const { hidden, inputs, weights, x } = sequence;
  const at = r * (hidden + inputs + 1);
  let sum = 0;
  if (state !== undefined) for (let i = 0; i < hidden; i++) sum += weights[at + i]! * state[i]!;
  if (t !== undefined) {
    for (let i = 0; i < inputs; i++) sum += weights[at + hidden + i]! * x(t, i);
    sum += weights[at + hidden + inputs]!;
  }
  return sum;
}

/** Takes a gradient of `dot` back to the weights, the inputs and, through `toState`, the state. */
function dotBack(
  sequence: Sequence,
  r: number,
  gradient: number,
  state: Float64Array | undefined,
  toState: Float64Array,
  t: number | undefined,
): void {
  const { hidden, inputs, weights, gradients, x, addToInput } = sequence;
  const at = r * (hidden + inputs + 1);
  if (state !== undefined) {
    for (let i = 0; i < hidden; i++) {
      gradients[at + i]! += gradient * state[i]!;
      toState[i]! += gradient * weights[at + i]!;
    }
  }
  if (t === undefined) return;
  for (let i = 0; i < inputs; i++) {
    gradients[at + hidden + i]! += gradient * x(t, i);
    addToInput(t, i, gradient * weights[at + hidden + i]!);
  }
  gradients[at + hidden + inputs]! += gradient;
}

function lstm(sequence: Sequence, initialHidden: Float64Array, initialCell: Float64Array): SequenceResult {
  const { steps, hidden } = sequence;
  const states = [initialHidden.slice()];
  const cells = [initialCell.slice()];
  const gates: { i: number; f: number; g: number; o: number }[][] = [];
  for (let t = 0; t < steps; t++) {
    const [state, cell] = [states[t]!, cells[t]!];
    const step = Array.from({ length: hidden }, (_, j) => ({
      i: sigmoid(dot(sequence, j, state, t)),
      f: sigmoid(dot(sequence, hidden + j, state, t)),
      g: Math.tanh(dot(sequence, 2 * hidden + j, state, t)),
      o: sigmoid(dot(sequence, 3 * hidden + j, state, t)),
    }));
    gates.push(step);
    cells.push(Float64Array.from(step, ({ i, f, g }, j) => f * cell[j]! + i * g));
    states.push(Float64Array.from(step, ({ o }, j) => o * Math.tanh(cells[t + 1]![j]!)));
  }
  let toState: Float64Array = new Float64Array(hidden);
  let toCell: Float64Array = new Float64Array(hidden);
  for (let t = steps - 1; t >= 0; t--) {
    const [before, beforeCell] = [new Float64Array(hidden), new Float64Array(hidden)];
    for (let j = 0; j < hidden; j++) {
      const { i, f, g, o } = gates[t]![j]!;
      const squashed = Math.tanh(cells[t + 1]![j]!);
      const state = toState[j]! + sequence.gradientAt(t, j);
      const cell = toCell[j]! + state * o * (1 - squashed ** 2);
      const gradients = [
        cell * g * i * (1 - i),
        cell * cells[t]![j]! * f * (1 - f),
        cell * i * (1 - g ** 2),
        state * squashed * o * (1 - o),
      ];
      for (const [gate, gradient] of gradients.entries()) {
        dotBack(sequence, gate * hidden + j, gradient, states[t]!, before, t);
      }
      beforeCell[j] = cell * f;
    }
    toState = before;
    toCell = beforeCell;
  }
  return { states, cell: cells[steps]!, initial: toState };
}

function gru(sequence: Sequence, initialHidden: Float64Array): SequenceResult {
  const { steps, hidden, inputs, weights, gradients } = sequence;
  const biases = 3 * hidden * (hidden + inputs + 1);
  const states = [initialHidden.slice()];
  const gates: { r: number; z: number; q: number; n: number }[][] = [];
  for (let t = 0; t < steps; t++) {
    const state = states[t]!;
    const step = Array.from({ length: hidden }, (_, j) => {
      const r = sigmoid(dot(sequence, j, state, t));
      const z = sigmoid(dot(sequence, hidden + j, state, t));
      const q = dot(sequence, 2 * hidden + j, state, undefined) + weights[biases + j]!;
      return { r, z, q, n: Math.tanh(dot(sequence, 2 * hidden + j, undefined, t) + r * q) };
    });
    gates.push(step);
    states.push(Float64Array.from(step, ({ z, n }, j) => (1 - z) * n + z * state[j]!));
  }
  let toState: Float64Array = new Float64Array(hidden);
  for (let t = steps - 1; t >= 0; t--) {
    const before = new Float64Array(hidden);
    for (let j = 0; j < hidden; j++) {
      const { r, z, q, n } = gates[t]![j]!;
      const state = toState[j]! + sequence.gradientAt(t, j);
      const candidate = state * (1 - z) * (1 - n ** 2);
      dotBack(sequence, j, candidate * q * r * (1 - r), states[t]!, before, t);
      dotBack(sequence, hidden + j, state * (states[t]![j]! - n) * z * (1 - z), states[t]!, before, t);
      dotBack(sequence, 2 * hidden + j, candidate * r, states[t]!, before, undefined);
      dotBack(sequence, 2 * hidden + j, candidate, undefined, before, t);
      gradients[biases + j]! += candidate * r;
      before[j]! += state * z;
    }
    toState = before;
  }
  return { states, cell: new Float64Array(0), initial: toState };
}
