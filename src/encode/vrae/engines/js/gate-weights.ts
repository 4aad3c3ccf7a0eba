import type { FloatArray, LayerSpec } from '../../recurrent-engine.js';

// Both cells take one product a step, with a matrix of four blocks of `hidden` rows. An LSTM's is its weights as they
// are. A GRU's third and fourth block are the candidate's row split in two: what acts on the state, with the recurrent
// bias, and what acts on the inputs, with the bias.

/** Writes a layer's weights as (4 hidden, hidden + inputs + 1). */
export function toGateWeights({ cell, hidden, inputs }: LayerSpec, weights: FloatArray, out: Float64Array): void {
  const width = hidden + inputs + 1;
  if (cell === 'lstm') {
    for (let i = 0; i < out.length; i++) out[i] = weights[i]!;
    return;
  }
  out.fill(0);
  for (let i = 0; i < 2 * hidden * width; i++) out[i] = weights[i]!;
  for (let i = 0; i < hidden; i++) {
    const candidate = (2 * hidden + i) * width;
    const fromInputs = (3 * hidden + i) * width;
    for (let k = 0; k < hidden; k++) out[candidate + k] = weights[candidate + k]!;
    out[candidate + width - 1] = weights[3 * hidden * width + i]!;
    for (let k = hidden; k < width; k++) out[fromInputs + k] = weights[candidate + k]!;
  }
}

/** The way back: the gradient of the gates' matrix as that of the weights. */
export function toWeightGradients({ cell, hidden, inputs }: LayerSpec, gates: Float64Array, out: FloatArray): void {
  const width = hidden + inputs + 1;
  if (cell === 'lstm') {
    out.set(gates);
    return;
  }
  for (let i = 0; i < 2 * hidden * width; i++) out[i] = gates[i]!;
  for (let i = 0; i < hidden; i++) {
    const candidate = (2 * hidden + i) * width;
    const fromInputs = (3 * hidden + i) * width;
    for (let k = 0; k < hidden; k++) out[candidate + k] = gates[candidate + k]!;
    for (let k = hidden; k < width; k++) out[candidate + k] = gates[fromInputs + k]!;
    out[3 * hidden * width + i] = gates[candidate + width - 1]!;
  }
}
