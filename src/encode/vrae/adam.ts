/** Moves parameters against their gradient. */
export interface Adam {
  /** Takes one step in place, at this learning rate. */
  step(parameters: Float64Array, gradient: Float64Array, learningRate: number): void;
}

/** Adam (Kingma & Ba, 2015) with its published constants, for `count` parameters. */
export function createAdam(count: number): Adam {
  const first = new Float64Array(count);
  const second = new Float64Array(count);
  let steps = 0;
  return {
    step(parameters, gradient, learningRate) {
      steps++;
      const firstCorrection = 1 - DECAY_OF_FIRST ** steps;
      const rate = learningRate / firstCorrection;
      const secondCorrection = 1 / (1 - DECAY_OF_SECOND ** steps);
      for (let i = 0; i < count; i++) {
        const g = gradient[i]!;
        const m = DECAY_OF_FIRST * first[i]! + (1 - DECAY_OF_FIRST) * g;
        const v = DECAY_OF_SECOND * second[i]! + (1 - DECAY_OF_SECOND) * g * g;
        first[i] = m;
        second[i] = v;
        parameters[i]! -= (rate * m) / (Math.sqrt(v * secondCorrection) + EPSILON);
      }
    },
  };
}

const DECAY_OF_FIRST = 0.9;
const DECAY_OF_SECOND = 0.999;
const EPSILON = 1e-8;

/** Scales a gradient in place to at most this Euclidean norm (Pascanu et al., 2013); returns the norm it had. */
export function clipNorm(gradient: Float64Array, limit: number): number {
  let sum = 0;
  for (let i = 0; i < gradient.length; i++) sum += gradient[i]! * gradient[i]!;
  const norm = Math.sqrt(sum);
  if (norm > limit) {
    const factor = limit / norm;
    for (let i = 0; i < gradient.length; i++) gradient[i]! *= factor;
  }
  return norm;
}
