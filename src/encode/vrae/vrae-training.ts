import { SegtideError } from '../../errors.js';
import { createRandom } from '../../numeric/random.js';
import { evaluateVrae, type VraeEvaluation } from './evaluate-vrae.js';
import { createParameters } from './initial-parameters.js';
import { learningRateAt } from './learning-rate.js';
import { clipScale, createOptimizer } from './optimizer.js';
import type { FloatArray } from './recurrent-engine.js';
import { createSeriesSampler, splitSeries } from './series-sampler.js';
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

/** Evaluations of a full training; each costs about as much as three updates for a hundred held-out series. */
const EVALUATIONS = 20;
/** Evaluated at most, so that the cost of an evaluation does not grow with the reservoir. */
const MOST_HELD_OUT = 512;

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

  let updates = 0;
  let evaluations = 0;
  let withoutGain = 0;
  let trainLoss = Number.NaN;
  let evaluation: VraeEvaluation | undefined;
  let warning: string | undefined;
  let best:
    | { readonly parameters: FloatArray; readonly trainLoss: number; readonly evaluation: VraeEvaluation }
    | undefined;

  const update = (): number => {
    const progress = updates / settings.updates;
    const beta = progress >= warmUp ? settings.beta : settings.beta * (progress / warmUp);
    network.load(parameters);
    const { loss } = network.differentiate({ ...sampler.next(), beta, latentTerm }, gradient);
    if (!Number.isFinite(loss)) return loss;
    const scale = clipScale(gradient, settings.gradientClip);
    optimizer.step(parameters, gradient, learningRateAt(updates, settings), scale);
    updates++;
    return loss;
  };

  /** What was learnt before is not lost by what comes later: the best weights stand, where there are any. */
  const diverge = (loss: number): true => {
    const what = `The loss became ${loss} after ${updates} updates`;
    const advice = 'Scale the series, or lower encoder.learningRate.';
    if (best === undefined) throw new SegtideError('encoder', `${what}. ${advice}`);
    warning = `${what}, and the best weights of those before were taken. ${advice}`;
    return true;
  };

  return {
    advance: () => {
      evaluations++;
      const until = Math.max(updates + 1, Math.round((evaluations * settings.updates) / EVALUATIONS));
      const from = updates;
      let sum = 0;
      while (updates < Math.min(until, settings.updates)) {
        const loss = update();
        if (!Number.isFinite(loss)) return diverge(loss);
        sum += loss;
      }
      trainLoss = sum / (updates - from);
      network.load(parameters);
      evaluation = evaluateVrae(network, heldOut, settings);
      if (!Number.isFinite(evaluation.loss)) return diverge(evaluation.loss);
      if (best === undefined || evaluation.loss < best.evaluation.loss) {
        best = { parameters: parameters.slice(), trainLoss, evaluation };
        withoutGain = 0;
      } else if (updates >= settled) {
        withoutGain++;
      }
      return updates >= settings.updates || withoutGain >= settings.patience;
    },
    progress: () => ({
      updates,
      of: settings.updates,
      trainLoss,
      heldOutLoss: evaluation?.loss ?? Number.NaN,
      series: learn.length,
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
        warning,
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
