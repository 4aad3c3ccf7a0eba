import type { LayerSpec } from '../../recurrent-engine.js';

/**
 * What a layer computes on its way through a block of sequences, step by step.
 *
 * `inputs[t]` holds a row per sequence: the hidden state before step t, the step's inputs, and 1 for the bias. The
 * hidden state after the last step is in `inputs[steps]`.
 */
export interface CellTrace {
  readonly hidden: number;
  /** hidden + inputs + 1 */
  readonly width: number;
  readonly inputs: readonly Float64Array[]; // steps + 1 of (rows, width)
  /** What the step's product gives; `activate` and `differentiate` replace it. */
  readonly gates: readonly Float64Array[]; // steps of (rows, 4 hidden)
  readonly cells: readonly Float64Array[]; // steps + 1 of (rows, hidden), lstm only
  readonly cellTangents: readonly Float64Array[]; // steps of (rows, hidden), lstm only
}

/** What tells one cell from another: everything but the product of weights with state and inputs. */
export interface Cell {
  /** Replaces the gates' sums by the gates and writes the hidden state after step t. */
  activate(trace: CellTrace, t: number, rows: number): void;
  /**
   * Takes step t back: replaces the gates by the gradients of their sums, and the gradients with respect to the state
   * after the step by those that reach the state before it without passing the gates.
   */
  differentiate(trace: CellTrace, t: number, hidden: Float64Array, cell: Float64Array, rows: number): void;
}

/** Makes the buffers of a block of `rows` sequences. Without training two steps' buffers are used in turn. */
export function createCellTrace({ cell, steps, inputs, hidden, training }: LayerSpec, rows: number): CellTrace {
  const width = hidden + inputs + 1;
  const take = (count: number, distinct: number, length: number): Float64Array[] => {
    const own = Array.from({ length: training ? count : Math.min(count, distinct) }, () => new Float64Array(length));
    return Array.from({ length: count }, (_, t) => own[t % own.length]!);
  };
  const states = take(steps + 1, 2, rows * width);
  for (const state of states) for (let i = width - 1; i < state.length; i += width) state[i] = 1;
  const inCells = cell === 'lstm' ? rows * hidden : 0;
  return {
    hidden,
    width,
    inputs: states,
    gates: take(steps, 1, rows * 4 * hidden),
    cells: take(steps + 1, 2, inCells),
    cellTangents: take(steps, 1, inCells),
  };
}
