import { SegtideError } from '../../errors.js';
import { createRandom } from '../../numeric/random.js';
import { evaluateVrae } from './evaluate-vrae.js';
import { createEvaluatedTraining } from './evaluated-training.js';
import { createParameters } from './initial-parameters.js';
import { learningRateAt } from './learning-rate.js';
import { clipScale, createOptimizer } from './optimizer.js';
import { createSeriesSampler, MOST_HELD_OUT, splitSeries } from './series-sampler.js';
import type { VraeFit, VraeJob, VraeProgress } from './vrae-job.js';
import { toLayout } from './vrae-layout.js';
import type { LatentTerm, VraeNetwork } from './vrae-network.js';
import { differingField, toVraeShape } from './vrae-shape.js';
import { toWeights } from './vrae-weights.js';

/** A training that can be taken from evaluation to evaluation. */
export interface VraeTraining {
  /** Updates until the next evaluation, and that; true when the training has come to its end. */
  advance(): boolean;
  progress(): VraeProgress;
  fit(): VraeFit;
}

/** Prepares a training: splits the series, makes or takes over the parameters, and evaluates nothing yet. */
export function createVraeTraining(job: VraeJob, network: VraeNetwork, latentTerm?: LatentTerm): VraeTraining {
  const { settings, series } = job;
  checkJob(job, network);
  const random = createRandom(settings.seed);
  const { learn, heldOut } = splitSeries(series, settings.heldOut, MOST_HELD_OUT, random);
  const first = job.initial?.values ?? createParameters(network.shape, random, settings.initialization);
  const parameters = network.precision === 'float64' ? Float64Array.from(first) : Float32Array.from(first);
  const gradient = parameters.slice();
  const optimizer = createOptimizer(settings, parameters);
  const { batch, latent, dropout } = settings;
  const sampler = createSeriesSampler(series, learn, batch, latent, random, dropout > 0);

  // Beta grows slowly so that a new network does not give its latents up; one that goes on has them already.
  const warmUp = job.initial === undefined ? settings.betaWarmUp : 0;
  // While beta grows and the learning rate is high, a held-out loss that stands still will fall again.
  const settled = settings.updates * Math.max(warmUp, settings.schedule === 'cosine' ? 0.5 : 0);

  const training = createEvaluatedTraining({
    copy: () => parameters.slice(),
    most: settings.updates,
    settled,
    patience: settings.patience,
    update: (number) => {
      const progress = number / settings.updates;
      const beta = progress >= warmUp ? settings.beta : settings.beta * (progress / warmUp);
      network.load(parameters);
      const { loss } = network.differentiate({ ...sampler.next(), beta, latentTerm }, gradient);
      if (!Number.isFinite(loss)) return loss;
      const scale = clipScale(gradient, settings.gradientClip);
      optimizer.step(parameters, gradient, learningRateAt(number, settings), scale);
      return loss;
    },
    evaluate: () => {
      network.load(parameters);
      return evaluateVrae(network, heldOut, settings);
    },
    rateKey: 'encoder.learningRate',
  });

  return {
    advance: training.advance,
    progress: () => ({
      updates: training.updates,
      of: settings.updates,
      trainLoss: training.trainLoss,
      heldOutLoss: training.evaluation?.loss ?? Number.NaN,
      series: learn.length,
    }),
    fit: () => {
      const best = training.best();
      return {
        weights: toWeights(network.shape, best.parameters),
        trainLoss: best.trainLoss,
        heldOutLoss: best.evaluation.loss,
        heldOutReconstruction: best.evaluation.reconstruction,
        activeUnits: best.evaluation.activeUnits,
        updates: training.updates,
        warning: training.warning,
      };
    },
  };
}

function checkJob({ settings, series, initial }: VraeJob, { shape }: VraeNetwork): void {
  const cells = series.length * series.steps * series.channels;
  const views = series.length * (series.viewSize ?? 0);
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
  if ((series.views?.length ?? 0) < views) {
    throw new SegtideError(
      'encoder',
      `${series.length} series with views of ${series.viewSize} numbers need ${views} of them, got ${series.views?.length ?? 0}.`,
    );
  }
  const wanted = toVraeShape(settings, series);
  for (const [what, got] of [
    ['network', shape],
    ['initial weights', initial?.shape],
  ] as const) {
    const field = got && differingField(wanted, got);
    if (field === undefined) continue;
    throw new SegtideError(
      'encoder',
      `The ${what} must have the shape of the job: ${field} should be ${wanted[field]}, got ${got![field]}. Start from new weights.`,
    );
  }
  const { count } = toLayout(shape);
  if (initial !== undefined && initial.values.length !== count) {
    throw new SegtideError('encoder', `Initial weights need ${count} values, got ${initial.values.length}.`);
  }
}
