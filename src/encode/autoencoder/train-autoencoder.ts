import { SegtideError } from '../../errors.js';
import { type Abortable, throwIfAborted } from '../../numeric/abortable.js';
import { createRandom } from '../../numeric/random.js';
import { isInformative } from '../../window/is-informative.js';
import { countActive } from '../vrae/evaluate-vrae.js';
import { createEvaluatedTraining } from '../vrae/evaluated-training.js';
import { learningRateAt } from '../vrae/learning-rate.js';
import { clipScaleOf, correctionsOf } from '../vrae/optimizer.js';
import type { FloatBuffer } from '../vrae/recurrent-engine.js';
import { createSeriesSampler, MOST_HELD_OUT, splitSeries } from '../vrae/series-sampler.js';
import type { TrainingSeries, VraeProgress } from '../vrae/vrae-job.js';
import { cellLoss } from '../vrae/vrae-loss.js';
import { architectureOf } from './architectures.js';
import type { AutoencoderNetwork } from './autoencoder-network.js';
import type { AutoencoderSettings } from './autoencoder-options.js';
import { isSameShape } from './autoencoder-shape.js';
import { type AutoencoderWeights, toAutoencoderWeights } from './autoencoder-weights.js';
import { createParameters } from './initial-parameters.js';

/** Everything that a training depends on. */
export interface AutoencoderJob {
  readonly settings: AutoencoderSettings;
  /** Without gaps; the mask says what is known. */
  readonly series: TrainingSeries;
  readonly seed: number;
  /** Weights to go on from, of the network's shape; new ones when undefined. */
  readonly initial?: AutoencoderWeights | undefined;
}

export interface AutoencoderFit {
  /** Those with the least held-out loss. */
  readonly weights: AutoencoderWeights;
  /** Mean training loss, with noise and dropout, between the two evaluations that end at these weights. */
  readonly trainLoss: number;
  /** Mean loss per informative cell over the held-out windows, without either. */
  readonly heldOutLoss: number;
  /** Latents that vary over the held-out windows by more than 0.01. */
  readonly activeUnits: number;
  readonly updates: number;
  /** Why the training ended before its time; undefined where nothing went wrong. */
  readonly warning: string | undefined;
}

export interface TrainAutoencoderOptions {
  /** Asked between evaluations. */
  readonly signal?: Abortable | undefined;
  readonly onProgress?: ((progress: VraeProgress) => void) | undefined;
}

/**
 * Fits an autoencoder by Adam, synchronously: same job and same engine, same bytes.
 *
 * @param network made for training with the job's settings; the caller disposes of it
 * @throws SegtideError `encoder` when there is nothing to learn from or no loss was ever finite; `aborted` on request
 */
export function trainAutoencoder(
  job: AutoencoderJob,
  network: AutoencoderNetwork,
  { signal, onProgress }: TrainAutoencoderOptions = {},
): AutoencoderFit {
  const { settings, series, seed, initial } = job;
  const { kind, shape } = network;
  checkJob(job, network);
  const random = createRandom(seed);
  const { learn, heldOut } = splitSeries(series, settings.heldOut, MOST_HELD_OUT, random);
  const first = initial?.values ?? createParameters(architectureOf(kind).layout(shape), random, series, learn);
  const parameters = network.memory.allocate(first.length);
  parameters.values.set(first);
  const gradient = network.memory.allocate(first.length);
  const adam = createAdam(network.memory, parameters, gradient);
  const drawn = settings.noise > 0 ? series.steps * series.channels : 0;
  const sampler = createSeriesSampler(series, learn, settings.batch, drawn, random, settings.dropout > 0);
  const { updates: most, learningRate, patience } = settings;
  const training = createEvaluatedTraining({
    copy: () => parameters.values.slice(),
    most,
    // While the learning rate is high, a held-out loss that stands still will fall again.
    settled: most / 2,
    patience,
    update: (number) => {
      network.load(parameters.values);
      const loss = network.differentiate(sampler.next(), gradient);
      if (!Number.isFinite(loss)) return loss;
      const rate = learningRateAt(number, { learningRate, schedule: 'cosine', rateWarmUp: 0, updates: most });
      adam.step(rate);
      return loss;
    },
    evaluate: () => {
      network.load(parameters.values);
      return evaluateAutoencoder(network, heldOut, settings.loss);
    },
    rateKey: `encoder.${kind}.learningRate`,
  });
  for (let done = false; !done; ) {
    throwIfAborted(signal, 'The training of the encoder');
    done = training.advance();
    const { updates, trainLoss, evaluation } = training;
    onProgress?.({ updates, of: most, trainLoss, heldOutLoss: evaluation?.loss ?? Number.NaN, series: learn.length });
  }
  const { updates, warning } = training;
  const { parameters: best, trainLoss, evaluation } = training.best();
  const { loss, activeUnits } = evaluation;
  return {
    weights: toAutoencoderWeights(kind, shape, best),
    trainLoss,
    heldOutLoss: loss,
    activeUnits,
    updates,
    warning,
  };
}

/** Largest Euclidean norm of a gradient: none but those that would undo what was learnt. */
const GRADIENT_CLIP = 5;

/** Adam on an engine's buffers, of gradients whose norm is limited. */
function createAdam(
  { allocate, operations }: AutoencoderNetwork['memory'],
  parameters: FloatBuffer,
  gradient: FloatBuffer,
): { step(learningRate: number): void } {
  const [first, second] = [allocate(parameters.length), allocate(parameters.length)];
  let steps = 0;
  return {
    step: (learningRate) => {
      const scale = clipScaleOf(operations.sumSquares(gradient), GRADIENT_CLIP);
      operations.adam({ parameters, gradient, first, second, scale, ...correctionsOf(++steps, learningRate) });
    },
  };
}

function evaluateAutoencoder(
  network: AutoencoderNetwork,
  { length, values, mask }: TrainingSeries,
  loss: AutoencoderSettings['loss'],
) {
  const { latent, steps, channels } = network.shape;
  const cells = steps * channels;
  const latents = new Float32Array(length * latent);
  const back = new Float32Array(length * cells);
  network.encode(values, length, latents);
  network.decode(latents, length, back);
  let total = 0;
  for (let row = 0; row < length; row++) {
    let sum = 0;
    let count = 0;
    for (let i = row * cells; i < (row + 1) * cells; i++) {
      if (!isInformative(mask[i]!)) continue;
      sum += cellLoss(loss, back[i]! - values[i]!);
      count++;
    }
    if (count > 0) total += sum / count;
  }
  return { loss: total / length, activeUnits: countActive(latents, length, latent) };
}

function checkJob({ series, initial }: AutoencoderJob, { shape }: AutoencoderNetwork): void {
  const { length, steps, channels } = series;
  if (!(length > 0)) {
    throw new SegtideError('encoder', 'A training needs at least one window; got none. Wait for more windows.');
  }
  if (steps !== shape.steps || channels !== shape.channels) {
    throw new SegtideError(
      'encoder',
      `The network takes windows of ${shape.steps} steps and ${shape.channels} channels, got ${steps} and ${channels}.`,
    );
  }
  if (initial !== undefined && !isSameShape(initial.shape, shape)) {
    throw new SegtideError('encoder', 'Initial weights must have the shape of the network. Start from new weights.');
  }
}
