import { applySigmoid, applyTanh } from '../../numeric/activation.js';
import { addOuterProducts, multiplyTransposed } from '../../numeric/matrix.js';

/**
 * What a recurrent layer computes on its way through a series, step by step.
 *
 * `inputs[t]` holds a row per series: the hidden state before step t, the step's channels, and 1 for the bias. The
 * caller writes the channels; the layer writes the hidden states, the last one into `inputs[steps]`.
 */
export interface LstmTrace {
  readonly steps: number;
  readonly hidden: number;
  /** hidden + channels + 1 */
  readonly width: number;
  readonly inputs: readonly Float64Array[]; // steps + 1 of (rows, width)
  /** Activated gates; `backward` leaves their gradients here. */
  readonly gates: readonly Float64Array[]; // steps of (rows, 4 hidden)
  readonly cells: readonly Float64Array[]; // steps + 1 of (rows, hidden)
  readonly cellTangents: readonly Float64Array[]; // steps of (rows, hidden)
}

/**
 * Makes the buffers of a layer for up to `rows` series.
 *
 * @param keep false for inference, where two steps' buffers are used in turn and nothing is kept for `backward`
 */
export function createLstmTrace(
  steps: number,
  channels: number,
  hidden: number,
  rows: number,
  keep: boolean,
): LstmTrace {
  const width = hidden + channels + 1;
  const take = (count: number, distinct: number, length: number): Float64Array[] => {
    const own = Array.from({ length: keep ? count : Math.min(count, distinct) }, () => new Float64Array(length));
    return Array.from({ length: count }, (_, t) => own[t % own.length]!);
  };
  const inputs = take(steps + 1, 2, rows * width);
  for (const input of inputs) for (let i = width - 1; i < input.length; i += width) input[i] = 1;
  return {
    steps,
    hidden,
    width,
    inputs,
    gates: take(steps, 1, rows * 4 * hidden),
    cells: take(steps + 1, 2, rows * hidden),
    cellTangents: take(steps, 1, rows * hidden),
  };
}

/**
 * Takes step t of the first `rows` series (Hochreiter & Schmidhuber, 1997, with forget gates).
 *
 * @param weights (4 hidden, width)
 */
export function lstmForward(trace: LstmTrace, t: number, weights: Float64Array, rows: number): void {
  const { hidden, width } = trace;
  const gates = trace.gates[t]!;
  const cells = trace.cells[t]!;
  const nextCells = trace.cells[t + 1]!;
  const tangents = trace.cellTangents[t]!;
  const nextInput = trace.inputs[t + 1]!;
  multiplyTransposed(trace.inputs[t]!, weights, gates, rows, 4 * hidden, width);
  for (let row = 0; row < rows; row++) {
    const p = row * 4 * hidden;
    applySigmoid(gates, p, p + 2 * hidden);
    applyTanh(gates, p + 2 * hidden, p + 3 * hidden);
    applySigmoid(gates, p + 3 * hidden, p + 4 * hidden);
    for (let j = 0, q = row * hidden; j < hidden; j++, q++) {
      const cell = gates[p + hidden + j]! * cells[q]! + gates[p + j]! * gates[p + 2 * hidden + j]!;
      nextCells[q] = cell;
      tangents[q] = cell;
    }
  }
  applyTanh(tangents, 0, rows * hidden);
  for (let row = 0; row < rows; row++) {
    const output = row * 4 * hidden + 3 * hidden;
    const q = row * hidden;
    const r = row * width;
    for (let j = 0; j < hidden; j++) nextInput[r + j] = gates[output + j]! * tangents[q + j]!;
  }
}

/**
 * Takes step t back: turns the gradients with respect to the state after the step into those before it, and adds the
 * step's share to the weights' gradient.
 *
 * @param recurrent the weights' first `hidden` columns transposed, (hidden, 4 hidden)
 * @param gradient of the weights, (4 hidden, width); added to
 * @param hiddenGradient (rows, hidden), replaced
 * @param cellGradient (rows, hidden), replaced
 */
export function lstmBackward(
  trace: LstmTrace,
  t: number,
  recurrent: Float64Array,
  gradient: Float64Array,
  hiddenGradient: Float64Array,
  cellGradient: Float64Array,
  rows: number,
): void {
  const { hidden, width } = trace;
  const gates = trace.gates[t]!;
  const cells = trace.cells[t]!;
  const tangents = trace.cellTangents[t]!;
  for (let row = 0; row < rows; row++) {
    let p = row * 4 * hidden;
    let q = row * hidden;
    for (let j = 0; j < hidden; j++, p++, q++) {
      const input = gates[p]!;
      const forget = gates[p + hidden]!;
      const candidate = gates[p + 2 * hidden]!;
      const output = gates[p + 3 * hidden]!;
      const tangent = tangents[q]!;
      const fromHidden = hiddenGradient[q]!;
      const fromCell = cellGradient[q]! + fromHidden * output * (1 - tangent * tangent);
      gates[p] = fromCell * candidate * input * (1 - input);
      gates[p + hidden] = fromCell * cells[q]! * forget * (1 - forget);
      gates[p + 2 * hidden] = fromCell * input * (1 - candidate * candidate);
      gates[p + 3 * hidden] = fromHidden * tangent * output * (1 - output);
      cellGradient[q] = fromCell * forget;
    }
  }
  addOuterProducts(gates, trace.inputs[t]!, gradient, rows, 4 * hidden, width);
  multiplyTransposed(gates, recurrent, hiddenGradient, rows, hidden, 4 * hidden);
}
