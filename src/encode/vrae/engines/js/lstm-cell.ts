import { applySigmoid, applyTanh } from '../../../../numeric/activation.js';
import type { Cell } from './cell-trace.js';

/** Hochreiter & Schmidhuber (1997), with forget gates (Gers et al., 2000). Gates: input, forget, cell, output. */
export const lstmCell: Cell = {
  activate: (trace, t, rows) => {
    const { hidden, width } = trace;
    const gates = trace.gates[t]!;
    const cells = trace.cells[t]!;
    const nextCells = trace.cells[t + 1]!;
    const tangents = trace.cellTangents[t]!;
    const next = trace.inputs[t + 1]!;
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
      for (let j = 0; j < hidden; j++) next[r + j] = gates[output + j]! * tangents[q + j]!;
    }
  },
  differentiate: (trace, t, hiddenGradient, cellGradient, rows) => {
    const { hidden } = trace;
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
        hiddenGradient[q] = 0;
        cellGradient[q] = fromCell * forget;
      }
    }
  },
};
