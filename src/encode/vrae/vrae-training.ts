import { SegtideError } from '../../errors.js';
import { createRandom } from '../../numeric/random.js';
import { clipNorm, createAdam } from './adam.js';
import { evaluateVrae, type VraeEvaluation } from './evaluate-vrae.js';
import { createSeriesSampler, splitSeries } from './series-sampler.js';
import type { VraeFit, VraeJob, VraeProgress } from './vrae-job.js';
import type { VraeNetwork } from './vrae-network.js';
import { createParameters, matrixSize, toParameters, toWeights, VRAE_MATRICES } from './vrae-weights.js';

/** A training that can be taken from evaluation to evaluation. */
export interface VraeTraining {
  /** Updates until the next evaluation, and that; true when the training has come to its end. */
  advance(): boolean;
  progress(): VraeProgress;
  fit(): VraeFit;
}

/** Evaluations of a full training; each costs about as much as three updates for a hundred held-out series. */
const EVALUATIONS = 20;
/** Evaluated at most, so that the cost of an evaluation does not grow with the reservoir. */
const MOST_HELD_OUT = 512;
/** Share of the learning rate that is left at the last update. */
const LAST_RATE = 0.1;

/** Prepares a training: splits the series, makes or takes over the parameters, and evaluates nothing yet. */
export function createVraeTraining(job: VraeJob, network: VraeNetwork): VraeTraining {
  const { settings, series } = job;
  checkJob(job, network);
  const random = createRandom(settings.seed);
  const { learn, heldOut } = splitSeries(series, settings.heldOut, MOST_HELD_OUT, random);
  const parameters = job.initial ? toParameters(job.initial) : createParameters(network.shape, random);
  const gradient = new Float64Array(parameters.length);
  const adam = createAdam(parameters.length);
  const sampler = createSeriesSampler(learn, settings.batch, settings.latent, random);

  let updates = 0;
  let evaluations = 0;
  let withoutGain = 0;
  let trainLoss = Number.NaN;
  let evaluation: VraeEvaluation | undefined;
  let best:
    | { readonly parameters: Float64Array; readonly trainLoss: number; readonly evaluation: VraeEvaluation }
    | undefined;

  const update = (): number => {
    const progress = updates / settings.updates;
    // Beta grows slowly so that a new network does not give its latents up; one that goes on has them already.
    const warm = job.initial !== undefined || progress >= settings.betaWarmUp;
    const beta = warm ? settings.beta : settings.beta * (progress / settings.betaWarmUp);
    network.load(parameters);
    const { loss } = network.differentiate({ ...sampler.next(), beta }, gradient);
    if (!Number.isFinite(loss)) throw diverged(updates, loss);
    clipNorm(gradient, settings.gradientClip);
    const rate = LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + Math.cos(Math.PI * progress));
    adam.step(parameters, gradient, settings.learningRate * rate);
    updates++;
    return loss;
  };

  return {
    advance: () => {
      evaluations++;
      const until = Math.max(updates + 1, Math.round((evaluations * settings.updates) / EVALUATIONS));
      const from = updates;
      let sum = 0;
      while (updates < Math.min(until, settings.updates)) sum += update();
      trainLoss = sum / (updates - from);
      network.load(parameters);
      evaluation = evaluateVrae(network, heldOut, settings.beta);
      if (!Number.isFinite(evaluation.loss)) throw diverged(updates, evaluation.loss);
      if (best === undefined || evaluation.loss < best.evaluation.loss) {
        best = { parameters: parameters.slice(), trainLoss, evaluation };
        withoutGain = 0;
      } else {
        withoutGain++;
      }
      return updates >= settings.updates || withoutGain >= settings.patience;
    },
    progress: () => ({
      updates,
      of: settings.updates,
      trainLoss,
      heldOutLoss: evaluation?.loss ?? Number.NaN,
    }),
    fit: () => {
      if (best === undefined) throw new SegtideError('encoder', 'A training has no fit before its first evaluation.');
      return {
        weights: toWeights(network.shape, best.parameters),
        trainLoss: best.trainLoss,
        heldOutLoss: best.evaluation.loss,
        heldOutReconstruction: best.evaluation.reconstruction,
        activeUnits: best.evaluation.activeUnits,
        updates,
      };
    },
  };
}

function checkJob({ settings, series, initial }: VraeJob, { shape }: VraeNetwork): void {
  const cells = series.length * series.steps * series.channels;
  if (!(cells > 0)) {
    throw new SegtideError(
      'encoder',
      `A training needs at least one series of one step; got ${series.length} series of ${series.steps} steps and ` +
        `${series.channels} channels. Wait for more windows.`,
    );
  }
  if (series.values.length < cells || series.mask.length < cells) {
    throw new SegtideError(
      'encoder',
      `${series.length} series of ${series.steps} steps and ${series.channels} channels need ${cells} values and mask ` +
        `cells, got ${series.values.length} and ${series.mask.length}.`,
    );
  }
  const wanted = { steps: series.steps, channels: series.channels, hidden: settings.hidden, latent: settings.latent };
  for (const [what, got] of [
    ['engine', shape],
    ['initial weights', initial?.shape],
  ] as const) {
    if (got === undefined) continue;
    for (const name of ['steps', 'channels', 'hidden', 'latent'] as const) {
      if (got[name] !== wanted[name]) {
        throw new SegtideError(
          'encoder',
          `The ${what} must have the shape of the job: ${name} should be ${wanted[name]}, got ${got[name]}. Start from new weights.`,
        );
      }
    }
  }
  if (initial === undefined) return;
  for (const name of VRAE_MATRICES) {
    const [rows, columns] = matrixSize(initial.shape, name);
    if (initial[name].length !== rows * columns) {
      throw new SegtideError(
        'encoder',
        `Initial weights: ${name} needs ${rows * columns} values, got ${initial[name].length}.`,
      );
    }
  }
}

function diverged(updates: number, loss: number): SegtideError {
  return new SegtideError(
    'encoder',
    `The loss became ${loss} after ${updates} updates. Scale the series, or lower vrae.learningRate.`,
  );
}
