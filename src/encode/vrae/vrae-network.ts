import type { VraeShape } from './vrae-weights.js';

/**
 * The VRAE as a function: what training and inference ask of an engine.
 *
 * A series goes through a recurrent encoder; its last hidden state gives the mean and log-variance of a Gaussian
 * posterior over the latents; a sample's tanh layer starts a recurrent decoder without input, whose hidden states give
 * the series back step by step (Fabius & van Amersfoort, 2015).
 */
export interface VraeNetwork {
  readonly shape: VraeShape;
  /** Takes the parameters as they are now; what follows computes with these. */
  load(parameters: Float64Array): void;
  /** The loss of one batch, and its gradient in the layout of the parameters, written over `gradient`. */
  differentiate(batch: TrainingBatch, gradient: Float64Array): LossTerms;
  /** Posterior means and log-variances, (rows, 2 latent), means first in each row. */
  infer(values: Float32Array, rows: number, posterior: Float64Array): void;
  /** Decodes latents, (rows, latent), to series, (rows, steps, channels). */
  decode(latents: Float64Array, rows: number, values: Float32Array): void;
  dispose(): void;
}

export interface TrainingBatch {
  readonly rows: number;
  readonly values: Float32Array; // (rows, steps, channels)
  /** Cells of mask 0 and 1 count in the loss, others do not. */
  readonly mask: Uint8Array; // (rows, steps, channels)
  /** Standard normal draws for the sample from the posterior. */
  readonly noise: Float64Array; // (rows, latent)
  /** Weight of the divergence at this update. */
  readonly beta: number;
}

/**
 * The loss is a mean over the batch's series, and so does not depend on how many there are:
 * loss = reconstruction + beta · divergence / (steps · channels).
 *
 * Divided so, beta = 1 is the evidence lower bound under a Gaussian likelihood of variance 1/2, whatever the shape.
 */
export interface LossTerms {
  readonly loss: number;
  /** Mean over series of the mean squared error over a series' informative cells; zero for a series without any. */
  readonly reconstruction: number;
  /** Mean over series of the posterior's Kullback-Leibler divergence from the standard normal, summed over latents, in nats. */
  readonly divergence: number;
}

/** Whether a cell with this mask value counts in a loss. */
export function isInformative(mask: number): boolean {
  return mask <= 1;
}

/** Per series, one over the number of informative cells, or zero where there are none. */
export function informativeWeights(mask: Uint8Array, rows: number, cells: number): Float64Array {
  const weights = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let count = 0;
    for (let i = row * cells; i < (row + 1) * cells; i++) if (isInformative(mask[i]!)) count++;
    weights[row] = count === 0 ? 0 : 1 / count;
  }
  return weights;
}

/** Mean squared error per informative cell of each series. */
export function squaredErrors(
  values: Float32Array,
  reconstructed: Float32Array,
  mask: Uint8Array,
  rows: number,
  cells: number,
): Float32Array {
  const weights = informativeWeights(mask, rows, cells);
  const errors = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * cells; i < (row + 1) * cells; i++) {
      if (isInformative(mask[i]!)) sum += (reconstructed[i]! - values[i]!) ** 2;
    }
    errors[row] = sum * weights[row]!;
  }
  return errors;
}

/** Kullback-Leibler divergence of row `row`'s posterior from the standard normal, in nats. */
export function divergenceOf(posterior: Float64Array, row: number, latent: number): number {
  let sum = 0;
  for (let i = row * 2 * latent; i < row * 2 * latent + latent; i++) {
    const mean = posterior[i]!;
    const logVariance = posterior[i + latent]!;
    sum += Math.exp(logVariance) + mean * mean - 1 - logVariance;
  }
  return sum / 2;
}
