import { applyDropout } from '../../dropout.js';
import { moveByAdam } from '../../optimizer.js';
import type { BiasTask, TensorOperations } from '../../tensor-operations.js';
import { attendBackPlainly, attendPlainly } from './plain-attention.js';
import { normalizeBackPlainly, normalizePlainly } from './plain-layer-norm.js';
import { gatherTaps, scatterTaps } from './plain-taps.js';

/** Operations in plain loops, which run over the buffers of any engine. */
export const PLAIN_OPERATIONS: TensorOperations = {
  // Plain products take weights as they are.
  packedLength: () => 0,
  packWeights: () => {},
  addBias,
  sumColumns: (values, rows, width, out) => {
    const [given, sums] = [values.values, out.values];
    sums.fill(0, 0, width);
    for (let row = 0, i = 0; row < rows; row++) for (let j = 0; j < width; j++, i++) sums[j]! += given[i]!;
  },
  takeBack: (numbers, gradients, count, factor, out) => {
    const [given, slopes, back] = [numbers.values, gradients.values, out.values];
    for (let i = 0; i < count; i++) back[i] = given[i]! > 0 ? factor * slopes[i]! : 0;
  },
  drop: ({ values }, count, rate, seed, site) => applyDropout(values, 1, count, count, rate, seed, site),
  sumSquares: ({ values }) => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
    return sum;
  },
  adam: ({ parameters, gradient, first, second, ...step }) =>
    moveByAdam(parameters.values, gradient.values, first.values, second.values, { ...step, added: 0, kept: 1 }),
  normalize: normalizePlainly,
  normalizeBack: normalizeBackPlainly,
  gather: (taps, series, rows, columns) => gatherTaps(taps, series.values, rows, columns.values),
  scatter: (taps, columns, rows, series) => scatterTaps(taps, columns.values, rows, series.values),
  attend: attendPlainly,
  attendBack: attendBackPlainly,
};

function addBias({ sums, bias, rows, width, out, rectify = false, accumulate = false }: BiasTask): void {
  const [given, added, target] = [sums.values, bias.values, out.values];
  for (let row = 0, i = 0; row < rows; row++) {
    for (let j = 0; j < width; j++, i++) {
      const sum = given[i]! + added[j]!;
      target[i] = (accumulate ? target[i]! : 0) + (rectify && sum < 0 ? 0 : sum);
    }
  }
}
