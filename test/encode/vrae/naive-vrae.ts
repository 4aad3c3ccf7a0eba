import { toLayout } from '../../../src/encode/vrae/vrae-layout.js';
import type { TrainingBatch } from '../../../src/encode/vrae/vrae-network.js';
import type { VraeSettings } from '../../../src/encode/vrae/vrae-options.js';
import type { VraeShape } from '../../../src/encode/vrae/vrae-shape.js';

type Matrix = readonly (readonly number[])[];
type Tensors = Readonly<Record<string, Matrix>>;

/** The loss from its definition, without dropout, one series at a time, with arrays and Math alone. */
export function naiveLoss(
  shape: VraeShape,
  parameters: Float64Array,
  batch: TrainingBatch,
  { loss, freeBits }: Pick<VraeSettings, 'loss' | 'freeBits'> = { loss: 'mse', freeBits: 0 },
): {
  readonly reconstruction: number;
  readonly divergence: number;
  readonly errors: Float64Array;
  readonly divergences: number[];
} {
  const tensors = toMatrices(shape, parameters);
  const { steps, channels, latent, depth, views } = shape;
  let reconstruction = 0;
  let divergence = 0;
  /** Of every cell, (rows, steps, channels). */
  const all = new Float64Array(batch.rows * steps * channels);
  const divergences: number[] = [];
  for (let row = 0; row < batch.rows; row++) {
    const series = Array.from({ length: steps }, (_, t) =>
      Array.from({ length: channels }, (_, c) => batch.values[(row * steps + t) * channels + c]!),
    );
    const seen = Array.from({ length: views }, (_, i) => batch.views![row * views + i]!);
    const posterior = linear(tensors, 'posterior', [...encode(shape, tensors, series), ...seen]);
    const means = posterior.slice(0, latent);
    const logVariances = posterior.slice(latent);
    means.forEach((m, i) => {
      divergences.push(0.5 * (m * m + Math.exp(logVariances[i]!) - 1 - logVariances[i]!));
      divergence += Math.max(freeBits, divergences.at(-1)!);
    });
    const sample = means.map((m, i) => m + Math.exp(logVariances[i]! / 2) * batch.noise[row * latent + i]!);
    const sums = linear(tensors, 'initial', sample);
    const starts = shape.initialState === 'tanh' ? sums.map(Math.tanh) : sums;
    let sequence: number[][] =
      shape.decoder === 'zero-input'
        ? series.map(() => [])
        : series.map((_, t) => (t === 0 ? Array<number>(channels).fill(0) : series[t - 1]!));
    for (let level = 0; level < depth; level++) {
      const start = starts.slice(level * shape.hidden, (level + 1) * shape.hidden);
      sequence = run(shape, tensors, `decoder.${level}`, sequence, start);
    }
    const errors: number[] = [];
    sequence.forEach((state, t) => {
      linear(tensors, 'output', state).forEach((sum, c) => {
        const value = shape.output === 'softplus' ? Math.log(1 + Math.exp(sum)) : sum;
        const cell = (row * steps + t) * channels + c;
        all[cell] = value - series[t]![c]!;
        if (batch.mask[cell]! <= 1) errors.push(penalty(loss, all[cell]!));
      });
    });
    if (errors.length > 0) reconstruction += errors.reduce((a, b) => a + b) / errors.length;
  }
  return {
    reconstruction: reconstruction / batch.rows,
    divergence: divergence / batch.rows,
    errors: all,
    divergences,
  };
}

function encode(shape: VraeShape, tensors: Tensors, series: number[][]): number[] {
  const zero = Array<number>(shape.hidden).fill(0);
  let sequence = series;
  for (let level = 0; ; level++) {
    const there = run(shape, tensors, `encoder.${level}`, sequence, zero);
    const back = shape.bidirectional
      ? run(shape, tensors, `encoder.${level}.reverse`, sequence.toReversed(), zero)
      : [];
    if (level === shape.depth - 1) return [...there.at(-1)!, ...(back.at(-1) ?? [])];
    sequence = there.map((state, t) => [...state, ...(back[shape.steps - 1 - t] ?? [])]);
  }
}

/** All hidden states of one layer. */
function run(shape: VraeShape, tensors: Tensors, name: string, sequence: number[][], start: number[]): number[][] {
  let h = start;
  let c = start.map(() => 0);
  const n = start.length;
  const matrix = tensors[`${name}.weights`]!;
  return sequence.map((x) => {
    if (shape.cell === 'lstm') {
      const g = apply(matrix, [...h, ...x, 1]);
      c = c.map((old, j) => sigmoid(g[n + j]!) * old + sigmoid(g[j]!) * Math.tanh(g[2 * n + j]!));
      h = c.map((cell, j) => sigmoid(g[3 * n + j]!) * Math.tanh(cell));
    } else {
      const nothing = x.map(() => 0);
      const fromState = apply(matrix, [...h, ...nothing, 0]);
      const fromInput = apply(matrix, [...h.map(() => 0), ...x, 1]);
      const bias = tensors[`${name}.recurrent-bias`]![0]!;
      h = h.map((old, j) => {
        const reset = sigmoid(fromState[j]! + fromInput[j]!);
        const update = sigmoid(fromState[n + j]! + fromInput[n + j]!);
        const candidate = Math.tanh(fromInput[2 * n + j]! + reset * (fromState[2 * n + j]! + bias[j]!));
        return (1 - update) * candidate + update * old;
      });
    }
    return h;
  });
}

function penalty(loss: VraeSettings['loss'], error: number): number {
  if (loss === 'mse') return error ** 2;
  if (loss === 'mae') return Math.abs(error);
  return Math.abs(error) < 1 ? error ** 2 / 2 : Math.abs(error) - 0.5;
}

function sigmoid(v: number): number {
  return 1 / (1 + Math.exp(-v));
}

function linear(tensors: Tensors, name: string, vector: readonly number[]): number[] {
  const [bias] = tensors[`${name}.bias`]!;
  return apply(tensors[`${name}.weights`]!, vector).map((sum, i) => sum + bias![i]!);
}

function apply(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => vector.reduce((sum, value, k) => sum + value * row[k]!, 0));
}

/** Vectors become a single row. */
function toMatrices(shape: VraeShape, parameters: Float64Array): Tensors {
  return Object.fromEntries(
    toLayout(shape).tensors.map(({ name, shape: size, start, length }) => {
      const width = size.at(-1)!;
      const rows = Array.from({ length: length / width }, (_, i) => [
        ...parameters.slice(start + i * width, start + (i + 1) * width),
      ]);
      return [name, rows];
    }),
  );
}
