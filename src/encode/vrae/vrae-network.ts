import { createLinearLayer } from './linear-layer.js';
import { differentiatePosterior, samplePosterior } from './posterior.js';
import { createRecurrentDecoder } from './recurrent-decoder.js';
import { createRecurrentEncoder } from './recurrent-encoder.js';
import type { FloatArray, RecurrentEngine } from './recurrent-engine.js';
import { createSeriesGenerator } from './series-generator.js';
import { toLayout } from './vrae-layout.js';
import { differentiateReconstruction, informativeShares, type Objective, toValues } from './vrae-loss.js';
import type { VraeShape } from './vrae-shape.js';

/**
 * The VRAE as a function of its parameters, on an engine.
 *
 * A series goes through recurrent layers; their last state gives the mean and log-variance of a normal posterior over
 * the latents; a sample of it starts recurrent layers whose states give the series back step by step (Kingma & Welling,
 * 2014; Fabius & van Amersfoort, 2015).
 */
export interface VraeNetwork {
  readonly shape: VraeShape;
  /** Number type of parameters and gradients that are handed on without a copy; others work as well. */
  readonly precision: RecurrentEngine['precision'];
  /** Takes the parameters, in the order of `toLayout`, as they are now; what follows computes with these. */
  load(parameters: FloatArray): void;
  /**
   * The loss of one batch, and its gradient in the layout of the parameters, written over `gradient`.
   *
   * @returns an object that the next call writes over
   */
  differentiate(batch: TrainingBatch, gradient: FloatArray): LossTerms;
  /**
   * Posterior means and log-variances, (rows, 2 latent), means first in each row.
   *
   * @param views (rows, views), where the shape has any
   */
  infer(values: Float32Array, rows: number, posterior: FloatArray, views?: Float32Array): void;
  /** Decodes latents, (rows, latent), to series, (rows, steps, channels). */
  decode(latents: FloatArray, rows: number, values: Float32Array): void;
  /** Frees the engine. */
  dispose(): void;
}

export interface TrainingBatch {
  readonly rows: number;
  readonly values: Float32Array; // (rows, steps, channels)
  /** Cells of mask 0 and 1 count in the loss, others do not. */
  readonly mask: Uint8Array; // (rows, steps, channels)
  /** Other descriptions of the same series, where the shape has them. */
  readonly views?: Float32Array | undefined; // (rows, views)
  /** Standard normal draws for the sample from the posterior. */
  readonly noise: FloatArray; // (rows, latent)
  /** Weight of the divergence at this update. */
  readonly beta: number;
  /** Fixes what is dropped at this update. @default 0 */
  readonly dropoutSeed?: number;
  /** Which of the job's series these are; what `latentTerm` is told. */
  readonly series?: Uint32Array | undefined; // (rows)
  readonly latentTerm?: LatentTerm | undefined;
}

/**
 * One more term of a training's loss, over the embeddings of a batch: of pairs of series that should lie close, say.
 *
 * @param latents posterior means, (rows, latent)
 * @param series the row of the job's series that each of them is, (rows)
 * @param gradient the term's own, to be added to, (rows, latent)
 * @returns the term's value; it should be a mean over rows or pairs, as the other terms are
 */
export type LatentTerm = (latents: FloatArray, series: Uint32Array, gradient: FloatArray) => number;

/**
 * The loss is a mean over the batch's series, and so does not depend on how many there are:
 * loss = reconstruction + beta · divergence / (steps · channels) + latentTerm.
 *
 * Divided so, beta = 1 is the evidence lower bound under a normal likelihood of variance 1/2, whatever the shape.
 */
export interface LossTerms {
  readonly loss: number;
  /** Mean over series of the mean loss over a series' informative cells; zero for a series without any. */
  readonly reconstruction: number;
  /**
   * Mean over series of the posterior's Kullback-Leibler divergence from the standard normal, in nats, summed over
   * latents, each of which counts at least the free bits.
   */
  readonly divergence: number;
  readonly latentTerm: number;
}

export interface VraeNetworkOptions {
  /** Most series that are computed at once; a training batch has no more. */
  readonly rows: number;
  /** Undefined makes a network for inference alone, which needs less memory. */
  readonly training?: (Objective & { readonly dropout: number }) | undefined;
}

/** Makes the network of a shape on an engine, which it then owns. */
export function createVraeNetwork(
  engine: RecurrentEngine,
  shape: VraeShape,
  { rows: most, training }: VraeNetworkOptions,
): VraeNetwork {
  const { steps, channels, latent } = shape;
  const cells = steps * channels;
  const layout = toLayout(shape);
  const options = { rows: most, training: training !== undefined, dropout: training?.dropout ?? 0 };
  const encoder = createRecurrentEncoder(engine, shape, layout, options);
  const posterior = createLinearLayer(engine, {
    place: layout.posterior,
    rows: most,
    input: encoder.summary,
    inputGradients: training && encoder.summaryGradients,
    inPlace: false,
  });
  const generated = shape.decoder === 'autoregressive';
  const generator = generated ? createSeriesGenerator(engine, shape, layout, most) : undefined;
  const decoder = training || !generated ? createRecurrentDecoder(engine, shape, layout, options) : undefined;
  const sampling = createSamplingBuffers(engine, most, latent);
  const terms = { loss: 0, reconstruction: 0, divergence: 0, latentTerm: 0 };
  const none = new Uint32Array(0);

  return {
    shape,
    precision: engine.precision,
    load: (parameters) => {
      encoder.load(parameters);
      posterior.load(parameters);
      decoder?.load(parameters);
      generator?.load(parameters);
    },
    differentiate: (batch, gradient) => {
      if (training === undefined || decoder === undefined) {
        throw new TypeError('a network for inference has no gradient');
      }
      const { rows, beta, dropoutSeed = 0 } = batch;
      encoder.forward(batch.values, batch.views, 0, rows, dropoutSeed);
      posterior.forward(rows);
      terms.divergence = samplePosterior(posterior, batch.noise, rows, latent, training.freeBits, sampling, decoder);
      decoder.forward(batch.values, rows, dropoutSeed);
      const { output } = decoder;
      informativeShares(batch.mask, rows, cells, sampling.shares);
      terms.reconstruction = differentiateReconstruction(
        output.sums.values,
        output.bias.values,
        batch,
        sampling.shares,
        rows,
        shape,
        training.loss,
      );
      decoder.backward(rows, dropoutSeed);
      terms.latentTerm = 0;
      if (batch.latentTerm !== undefined) {
        sampling.meanGradients.fill(0);
        terms.latentTerm = batch.latentTerm(sampling.means, batch.series ?? none, sampling.meanGradients);
      }
      const share = beta / (cells * rows);
      differentiatePosterior(posterior, batch, share, latent, training.freeBits, sampling, decoder);
      posterior.backward(rows);
      encoder.backward(rows, dropoutSeed);

      encoder.collect(gradient);
      posterior.collect(gradient);
      decoder.collect(gradient);
      terms.loss = terms.reconstruction + (beta * terms.divergence) / cells + terms.latentTerm;
      return terms;
    },
    infer: (values, rows, target, views) => {
      for (let from = 0; from < rows; from += most) {
        const count = Math.min(most, rows - from);
        encoder.forward(values, views, from, count, undefined);
        posterior.forward(count);
        // Only now: an engine's memory may have moved meanwhile.
        const sums = posterior.sums.values;
        const bias = posterior.bias.values;
        const start = from * 2 * latent;
        for (let row = 0, i = 0; row < count; row++) {
          for (let j = 0; j < 2 * latent; j++, i++) target[start + i] = sums[i]! + bias[j]!;
        }
      }
    },
    decode: (latents, rows, values) => {
      for (let from = 0; from < rows; from += most) {
        const count = Math.min(most, rows - from);
        const given = (generator ?? decoder!).latents.values;
        for (let i = 0; i < count * latent; i++) given[i] = latents[from * latent + i]!;
        if (generator !== undefined) {
          generator.generate(count, values, from);
          continue;
        }
        decoder!.forward(values, count, undefined);
        const { output } = decoder!;
        toValues(output.sums.values, output.bias.values, count, shape, values, from * cells);
      }
    },
    dispose: () => engine.dispose(),
  };
}

function createSamplingBuffers({ precision }: RecurrentEngine, rows: number, latent: number) {
  const make = (length: number): FloatArray =>
    precision === 'float64' ? new Float64Array(length) : new Float32Array(length);
  return {
    deviations: make(rows * latent),
    means: make(rows * latent),
    meanGradients: make(rows * latent),
    shares: make(rows),
  };
}
