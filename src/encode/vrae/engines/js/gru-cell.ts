import { applySigmoid, applyTanh } from '../../../../numeric/activation.js';
import type { Cell } from './cell-trace.js';

/**
 * Cho et al. (2014), with the reset gate after the recurrent product, as in cuDNN. Sums: reset, update, candidate from
 * the state, candidate from the inputs; the last becomes the candidate itself.
 */
export const gruCell: Cell = {
  activate: (trace, t, rows) => {
    const { hidden, width } = trace;
    const gates = trace.gates[t]!;
    const state = trace.inputs[t]!;
    const next = trace.inputs[t + 1]!;
    for (let row = 0; row < rows; row++) {
      const p = row * 4 * hidden;
      const candidates = p + 3 * hidden;
      applySigmoid(gates, p, p + 2 * hidden);
      for (let j = 0; j < hidden; j++) gates[candidates + j]! += gates[p + j]! * gates[p + 2 * hidden + j]!;
      applyTanh(gates, candidates, candidates + hidden);
      for (let j = 0, r = row * width; j < hidden; j++, r++) {
        const candidate = gates[candidates + j]!;
        next[r] = candidate + gates[p + hidden + j]! * (state[r]! - candidate);
      }
    }
  },
  differentiate: (trace, t, hiddenGradient, _cellGradient, rows) => {
    const { hidden, width } = trace;
    const gates = trace.gates[t]!;
    const state = trace.inputs[t]!;
    for (let row = 0; row < rows; row++) {
      let p = row * 4 * hidden;
      let q = row * hidden;
      let r = row * width;
      for (let j = 0; j < hidden; j++, p++, q++, r++) {
        const reset = gates[p]!;
        const update = gates[p + hidden]!;
        const fromState = gates[p + 2 * hidden]!;
        const candidate = gates[p + 3 * hidden]!;
        const fromHidden = hiddenGradient[q]!;
        const ofCandidate = fromHidden * (1 - update) * (1 - candidate * candidate);
        gates[p] = ofCandidate * fromState * reset * (1 - reset);
        gates[p + hidden] = fromHidden * (state[r]! - candidate) * update * (1 - update);
        gates[p + 2 * hidden] = ofCandidate * reset;
        gates[p + 3 * hidden] = ofCandidate;
        hiddenGradient[q] = fromHidden * update;
      }
    }
  },
};
