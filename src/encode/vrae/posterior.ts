import type { LinearLayer } from './linear-layer.js';
import type { RecurrentDecoder } from './recurrent-decoder.js';
import type { FloatArray } from './recurrent-engine.js';
import { latentDivergence } from './vrae-loss.js';
import type { TrainingBatch } from './vrae-network.js';

/** What the way back needs of a sample. */
interface SamplingBuffers {
  readonly deviations: FloatArray; // (rows, latent)
  readonly means: FloatArray; // (rows, latent)
  readonly meanGradients: FloatArray; // (rows, latent)
}

/**
 * Draws one sample of each posterior for the decoder, by the reparameterisation of Kingma and Welling (2014), and
 * returns the mean over series of the divergence.
 */
export function samplePosterior(
  posterior: LinearLayer,
  noise: FloatArray,
  rows: number,
  latent: number,
  freeBits: number,
  { deviations, means }: SamplingBuffers,
  decoder: RecurrentDecoder,
): number {
  const bias = posterior.bias.values;
  const sums = posterior.sums.values;
  const sample = decoder.latents.values;
  let divergence = 0;
  for (let row = 0, i = 0; row < rows; row++) {
    for (let j = 0, p = row * 2 * latent; j < latent; j++, i++, p++) {
      const mean = sums[p]! + bias[j]!;
      const logVariance = sums[p + latent]! + bias[j + latent]!;
      const deviation = Math.exp(0.5 * logVariance);
      sums[p] = mean;
      sums[p + latent] = logVariance;
      means[i] = mean;
      deviations[i] = deviation;
      sample[i] = mean + deviation * noise[i]!;
      divergence += Math.max(freeBits, 0.5 * (deviation * deviation + mean * mean - 1 - logVariance));
    }
  }
  return divergence / rows;
}

/**
 * Writes the gradient of means and log-variances: what comes back through the samples, the divergence, and the term
 * over latents.
 *
 * @param share of the summed divergence in the loss
 */
export function differentiatePosterior(
  posterior: LinearLayer,
  { rows, noise, latentTerm }: TrainingBatch,
  share: number,
  latent: number,
  freeBits: number,
  { deviations, meanGradients }: SamplingBuffers,
  decoder: RecurrentDecoder,
): void {
  const sums = posterior.sums.values;
  const gradients = posterior.sumGradients.values;
  const fromSamples = decoder.latentGradients.values;
  for (let row = 0, i = 0; row < rows; row++) {
    for (let j = 0, p = row * 2 * latent; j < latent; j++, i++, p++) {
      const mean = sums[p]!;
      const deviation = deviations[i]!;
      const fromSample = fromSamples[i]!;
      const counts = freeBits === 0 || latentDivergence(mean, sums[p + latent]!) > freeBits;
      const weight = counts ? share : 0;
      gradients[p] = fromSample + weight * mean + (latentTerm === undefined ? 0 : meanGradients[i]!);
      gradients[p + latent] = 0.5 * (fromSample * noise[i]! * deviation + weight * (deviation * deviation - 1));
    }
  }
}
