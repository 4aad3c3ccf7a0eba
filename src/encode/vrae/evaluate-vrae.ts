import { isInformative } from '../../window/is-informative.js';
import type { FloatArray } from './recurrent-engine.js';
import type { TrainingSeries } from './vrae-job.js';
import { cellLoss, divergenceOf } from './vrae-loss.js';
import type { VraeNetwork } from './vrae-network.js';
import type { VraeSettings } from './vrae-options.js';

/** How good loaded parameters are on series that they were not fitted to. */
export interface VraeEvaluation {
  readonly loss: number;
  readonly reconstruction: number;
  readonly activeUnits: number;
}

/** Variance of a posterior mean over series above which its latent is in use (Burda et al., 2016). */
const ACTIVE_VARIANCE = 0.01;

/** Evaluates by the posterior mean, at full beta, on the scale of `LossTerms`. */
export function evaluateVrae(
  network: VraeNetwork,
  series: TrainingSeries,
  { loss, beta, freeBits }: Pick<VraeSettings, 'loss' | 'beta' | 'freeBits'>,
): VraeEvaluation {
  const { length, values, mask } = series;
  const { latent } = network.shape;
  const cells = series.steps * series.channels;
  const posterior = new Float64Array(length * 2 * latent);
  network.infer(values, length, posterior, series.views);
  const latents = new Float64Array(length * latent);
  copyMeans(posterior, length, latent, latents, 0);
  const reconstructed = new Float32Array(length * cells);
  network.decode(latents, length, reconstructed);
  let reconstruction = 0;
  let divergence = 0;
  for (let row = 0; row < length; row++) {
    let sum = 0;
    let count = 0;
    for (let i = row * cells; i < (row + 1) * cells; i++) {
      if (!isInformative(mask[i]!)) continue;
      sum += cellLoss(loss, reconstructed[i]! - values[i]!);
      count++;
    }
    if (count > 0) reconstruction += sum / count;
    divergence += divergenceOf(posterior, row, latent, freeBits);
  }
  return {
    loss: (reconstruction + (beta * divergence) / cells) / length,
    reconstruction: reconstruction / length,
    activeUnits: countActive(latents, length, latent),
  };
}

/** Copies the means of posteriors, (rows, 2 latent), to (…, latent), from `start` on. */
export function copyMeans(posterior: FloatArray, rows: number, latent: number, means: FloatArray, start: number): void {
  for (let row = 0, i = start; row < rows; row++) {
    for (let j = 2 * row * latent; j < (2 * row + 1) * latent; j++, i++) means[i] = posterior[j]!;
  }
}

/** Latents, (rows, latent), of which the mean varies over series by more than 0.01 (Burda et al., 2016). */
export function countActive(latents: FloatArray, rows: number, latent: number): number {
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
