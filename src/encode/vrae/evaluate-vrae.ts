import type { TrainingSeries } from './vrae-job.js';
import { divergenceOf, squaredErrors, type VraeNetwork } from './vrae-network.js';

/** How good loaded parameters are on series that they were not fitted to. */
export interface VraeEvaluation {
  readonly loss: number;
  readonly reconstruction: number;
  readonly activeUnits: number;
}

/** Variance of a posterior mean over series above which its latent is in use (Burda et al., 2016). */
const ACTIVE_VARIANCE = 0.01;

/** Evaluates by the posterior mean, at full beta, on the scale of `LossTerms`. */
export function evaluateVrae(network: VraeNetwork, series: TrainingSeries, beta: number): VraeEvaluation {
  const { length } = series;
  const { latent } = network.shape;
  const cells = series.steps * series.channels;
  const posterior = new Float64Array(length * 2 * latent);
  network.infer(series.values, length, posterior);
  const latents = toLatents(posterior, length, latent);
  const reconstructed = new Float32Array(length * cells);
  network.decode(latents, length, reconstructed);
  let reconstruction = 0;
  for (const error of squaredErrors(series.values, reconstructed, series.mask, length, cells)) reconstruction += error;
  let divergence = 0;
  for (let row = 0; row < length; row++) divergence += divergenceOf(posterior, row, latent);
  return {
    loss: (reconstruction + (beta * divergence) / cells) / length,
    reconstruction: reconstruction / length,
    activeUnits: countActive(latents, length, latent),
  };
}

/** The posterior means alone, (rows, latent). */
export function toLatents(posterior: Float64Array, rows: number, latent: number): Float64Array {
  const latents = new Float64Array(rows * latent);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < latent; i++) latents[row * latent + i] = posterior[row * 2 * latent + i]!;
  }
  return latents;
}

function countActive(latents: Float64Array, rows: number, latent: number): number {
  let active = 0;
  for (let i = 0; i < latent; i++) {
    let mean = 0;
    for (let row = 0; row < rows; row++) mean += latents[row * latent + i]! / rows;
    let variance = 0;
    for (let row = 0; row < rows; row++) variance += (latents[row * latent + i]! - mean) ** 2 / rows;
    if (variance > ACTIVE_VARIANCE) active++;
  }
  return active;
}
