import type { FloatArray } from './recurrent-engine.js';
import type { VraeSettings } from './vrae-options.js';

/** Moves parameters against their gradient. */
export interface Optimizer {
  /**
   * Takes one step in place.
   *
   * @param scale what the gradient is multiplied by first
   */
  step(parameters: FloatArray, gradient: FloatArray, learningRate: number, scale: number): void;
}

/** Makes the optimizer that settings ask for; its moments have the number type of the parameters. */
export function createOptimizer(settings: OptimizerSettings, parameters: FloatArray): Optimizer {
  return settings.optimizer === 'sgd' ? createSgd(settings, parameters) : createAdam(settings, parameters);
}

export type OptimizerSettings = Pick<VraeSettings, 'optimizer' | 'momentum' | 'weightDecay'>;

/** What a gradient is to be multiplied by so that its Euclidean norm is at most `limit` (Pascanu et al., 2013). */
export function clipScale(gradient: FloatArray, limit: number): number {
  let sum = 0;
  for (let i = 0; i < gradient.length; i++) sum += gradient[i]! * gradient[i]!;
  return clipScaleOf(sum, limit);
}

/** As `clipScale`, of a gradient whose numbers' squares sum to this. */
export function clipScaleOf(squares: number, limit: number): number {
  const norm = Math.sqrt(squares);
  return norm > limit ? limit / norm : 1;
}

/** Adam (Kingma & Ba, 2015) with its published constants; with `adamw` decay goes past the moments (Loshchilov & Hutter, 2019). */
function createAdam({ optimizer, weightDecay }: OptimizerSettings, parameters: FloatArray): Optimizer {
  const first = parameters.slice().fill(0);
  const second = parameters.slice().fill(0);
  const added = optimizer === 'adam' ? weightDecay : 0;
  const apart = optimizer === 'adamw' ? weightDecay : 0;
  let steps = 0;
  return {
    step: (moved, gradient, learningRate, scale) => {
      steps++;
      const { rate, correction } = correctionsOf(steps, learningRate);
      const kept = 1 - learningRate * apart;
      moveByAdam(moved, gradient, first, second, { rate, correction, scale, added, kept });
    },
  };
}

/** What the moments of the first steps, which begin at zero, are multiplied by. */
export function correctionsOf(
  steps: number,
  learningRate: number,
): { readonly rate: number; readonly correction: number } {
  return {
    rate: learningRate / (1 - DECAY_OF_FIRST ** steps),
    correction: 1 / (1 - DECAY_OF_SECOND ** steps),
  };
}

interface AdamStep {
  /** Learning rate over the first moment's correction. */
  readonly rate: number;
  /** By what the second moment is multiplied. */
  readonly correction: number;
  /** By what the gradient is multiplied first. */
  readonly scale: number;
  /** Share of the parameters that their gradient gains. */
  readonly added: number;
  /** Share of the parameters that is left. */
  readonly kept: number;
}

/** A step of Adam, in place of parameters and moments. */
export function moveByAdam(
  parameters: FloatArray,
  gradient: FloatArray,
  first: FloatArray,
  second: FloatArray,
  { rate, correction, scale, added, kept }: AdamStep,
): void {
  for (let i = 0; i < parameters.length; i++) {
    const parameter = parameters[i]!;
    const g = scale * gradient[i]! + added * parameter;
    const m = DECAY_OF_FIRST * first[i]! + (1 - DECAY_OF_FIRST) * g;
    const v = DECAY_OF_SECOND * second[i]! + (1 - DECAY_OF_SECOND) * g * g;
    first[i] = m;
    second[i] = v;
    parameters[i] = kept * parameter - (rate * m) / (Math.sqrt(v * correction) + EPSILON);
  }
}

/** Stochastic gradient descent with momentum, as in PyTorch: the rate multiplies the sum, not its parts. */
function createSgd({ momentum, weightDecay }: OptimizerSettings, parameters: FloatArray): Optimizer {
  const sums = parameters.slice().fill(0);
  return {
    step: (moved, gradient, learningRate, scale) => {
      for (let i = 0; i < moved.length; i++) {
        const parameter = moved[i]!;
        const sum = momentum * sums[i]! + scale * gradient[i]! + weightDecay * parameter;
        sums[i] = sum;
        moved[i] = parameter - learningRate * sum;
      }
    },
  };
}

const DECAY_OF_FIRST = 0.9;
const DECAY_OF_SECOND = 0.999;
const EPSILON = 1e-8;
