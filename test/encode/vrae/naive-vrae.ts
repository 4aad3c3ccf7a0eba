import type { TrainingBatch } from '../../../src/encode/vrae/vrae-network.js';
import { matrixSize, VRAE_MATRICES, type VraeMatrix, type VraeShape } from '../../../src/encode/vrae/vrae-weights.js';

type Matrix = readonly (readonly number[])[];

/** The loss from its definition, one series at a time, with arrays and Math alone. */
export function naiveLoss(
  shape: VraeShape,
  parameters: Float64Array,
  batch: TrainingBatch,
): { readonly reconstruction: number; readonly divergence: number } {
  const matrices = toRows(shape, parameters);
  const { steps, channels, hidden, latent } = shape;
  let reconstruction = 0;
  let divergence = 0;
  for (let row = 0; row < batch.rows; row++) {
    const cell = (t: number, c: number): number => (row * steps + t) * channels + c;
    let state = { h: Array<number>(hidden).fill(0), c: Array<number>(hidden).fill(0) };
    for (let t = 0; t < steps; t++) {
      const x = Array.from({ length: channels }, (_, c) => batch.values[cell(t, c)]!);
      state = step(matrices.encoder, state, x);
    }
    const posterior = apply(matrices.posterior, state.h);
    const means = posterior.slice(0, latent);
    const logVariances = posterior.slice(latent);
    const sample = means.map((m, i) => m + Math.exp(logVariances[i]! / 2) * batch.noise[row * latent + i]!);
    divergence += means.reduce(
      (sum, m, i) => sum + 0.5 * (m * m + Math.exp(logVariances[i]!) - 1 - logVariances[i]!),
      0,
    );

    state = { h: apply(matrices.initial, sample).map(Math.tanh), c: Array<number>(hidden).fill(0) };
    const errors: number[] = [];
    for (let t = 0; t < steps; t++) {
      state = step(matrices.decoder, state, []);
      apply(matrices.output, state.h).forEach((y, c) => {
        if (batch.mask[cell(t, c)]! <= 1) errors.push((y - batch.values[cell(t, c)]!) ** 2);
      });
    }
    if (errors.length > 0) reconstruction += errors.reduce((a, b) => a + b) / errors.length;
  }
  return { reconstruction: reconstruction / batch.rows, divergence: divergence / batch.rows };
}

function step(matrix: Matrix, { h, c }: { h: number[]; c: number[] }, x: number[]): { h: number[]; c: number[] } {
  const gates = apply(matrix, [...h, ...x]);
  const n = h.length;
  const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
  const cells = c.map((old, j) => sigmoid(gates[n + j]!) * old + sigmoid(gates[j]!) * Math.tanh(gates[2 * n + j]!));
  return { h: cells.map((cell, j) => sigmoid(gates[3 * n + j]!) * Math.tanh(cell)), c: cells };
}

/** The bias is the last column. */
function apply(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => [...vector, 1].reduce((sum, value, k) => sum + value * row[k]!, 0));
}

function toRows(shape: VraeShape, parameters: Float64Array): Record<VraeMatrix, Matrix> {
  let start = 0;
  const entries = VRAE_MATRICES.map((name) => {
    const [rows, columns] = matrixSize(shape, name);
    const from = start;
    start += rows * columns;
    return [
      name,
      Array.from({ length: rows }, (_, i) => [...parameters.slice(from + i * columns, from + (i + 1) * columns)]),
    ];
  });
  return Object.fromEntries(entries) as Record<VraeMatrix, Matrix>;
}
