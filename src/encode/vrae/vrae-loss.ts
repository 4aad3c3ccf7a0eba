import { isInformative } from '../../window/is-informative.js';
import type { FloatArray } from './recurrent-engine.js';
import type { VraeSettings } from './vrae-options.js';

/** What is held against what: the settings that a loss depends on. */
export type Objective = Pick<VraeSettings, 'loss' | 'freeBits'>;

/** A decoder's output: what it decodes to, and what makes values of its sums. */
export interface DecodedShape {
  readonly steps: number;
  readonly channels: number;
  readonly output: 'linear' | 'softplus' | 'relu';
}

/** Per series, one over the number of informative cells, or zero where there are none. */
export function informativeShares(mask: Uint8Array, rows: number, cells: number, out: FloatArray): void {
  for (let row = 0; row < rows; row++) {
    let count = 0;
    for (let i = row * cells; i < (row + 1) * cells; i++) if (isInformative(mask[i]!)) count++;
    out[row] = count === 0 ? 0 : 1 / count;
  }
}

/** The loss of one cell that is decoded with this error. */
export function cellLoss(loss: Objective['loss'], error: number): number {
  if (loss === 'mse') return error * error;
  const size = Math.abs(error);
  return loss === 'smooth-l1' && size < 1 ? 0.5 * size * size : loss === 'mae' ? size : size - 0.5;
}

/**
 * Turns the decoder's sums into the gradient of the reconstruction term with respect to them, and returns the term:
 * the mean over series of the mean loss over a series' informative cells.
 *
 * @param sums without bias, (steps, rows, channels); replaced by the gradient
 * @param bias (channels)
 * @param shares by `informativeShares`
 */
export function differentiateReconstruction(
  sums: FloatArray,
  bias: FloatArray,
  { values, mask }: { readonly values: Float32Array; readonly mask: Uint8Array },
  shares: FloatArray,
  rows: number,
  { steps, channels, output }: DecodedShape,
  loss: Objective['loss'],
): number {
  const cells = steps * channels;
  let total = 0;
  for (let t = 0, i = 0; t < steps; t++) {
    for (let row = 0, first = t * channels; row < rows; row++, first += cells) {
      const share = shares[row]! / rows;
      for (let c = 0; c < channels; c++, i++) {
        const cell = first + c;
        if (!isInformative(mask[cell]!)) {
          sums[i] = 0;
          continue;
        }
        const sum = sums[i]! + bias[c]!;
        const error = activate(output, sum) - values[cell]!;
        let slope: number;
        if (loss === 'mse') {
          total += share * error * error;
          slope = 2 * error;
        } else {
          total += share * cellLoss(loss, error);
          slope = loss === 'smooth-l1' ? Math.max(-1, Math.min(1, error)) : Math.sign(error);
        }
        if (output === 'softplus') slope /= 1 + Math.exp(-sum);
        else if (output === 'relu' && sum <= 0) slope = 0;
        sums[i] = share * slope;
      }
    }
  }
  return total;
}

/** The decoder's values of its sums, from (steps, rows, channels) to (rows, steps, channels). */
export function toValues(
  sums: FloatArray,
  bias: FloatArray,
  rows: number,
  { steps, channels, output }: DecodedShape,
  values: Float32Array,
  start: number,
): void {
  for (let t = 0, i = 0; t < steps; t++) {
    for (let row = 0; row < rows; row++) {
      for (let c = 0; c < channels; c++, i++) {
        const sum = sums[i]! + bias[c]!;
        values[start + (row * steps + t) * channels + c] = activate(output, sum);
      }
    }
  }
}

function activate(output: DecodedShape['output'], sum: number): number {
  if (output === 'linear') return sum;
  return output === 'softplus' ? softplus(sum) : Math.max(0, sum);
}

/** log(1 + e^x) without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/**
 * Divergence of one series' posterior from the standard normal, in nats, each latent counting at least `freeBits`.
 *
 * @param posterior (rows, 2 latent): means, then log-variances
 */
export function divergenceOf(posterior: FloatArray, row: number, latent: number, freeBits: number): number {
  let sum = 0;
  for (let i = row * 2 * latent; i < row * 2 * latent + latent; i++) {
    sum += Math.max(freeBits, latentDivergence(posterior[i]!, posterior[i + latent]!));
  }
  return sum;
}

/** Kullback-Leibler divergence of a normal distribution from the standard normal, in nats. */
export function latentDivergence(mean: number, logVariance: number): number {
  return 0.5 * (Math.exp(logVariance) + mean * mean - 1 - logVariance);
}

/** Mean squared error per informative cell of each series. */
export function squaredErrors(
  values: Float32Array,
  reconstructed: Float32Array,
  mask: Uint8Array,
  rows: number,
  cells: number,
  errors: Float32Array,
): void {
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    let count = 0;
    for (let i = row * cells; i < (row + 1) * cells; i++) {
      if (!isInformative(mask[i]!)) continue;
      sum += (reconstructed[i]! - values[i]!) ** 2;
      count++;
    }
    errors[row] = count === 0 ? 0 : sum / count;
  }
}
