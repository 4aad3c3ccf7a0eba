import { describe, expect, it } from 'vitest';
import { learningRateAt } from '../../../src/encode/vrae/learning-rate.js';
import { clipScale, createOptimizer } from '../../../src/encode/vrae/optimizer.js';
import { resolveVrae, type VraeOptions } from '../../../src/encode/vrae/vrae-options.js';

/** Three steps from 1 with gradients 0.5, -1, 2 at rate 0.1. */
function path(options: VraeOptions): number[] {
  const parameters = Float64Array.of(1);
  const optimizer = createOptimizer(resolveVrae(options), parameters);
  return [0.5, -1, 2].map((gradient) => {
    optimizer.step(parameters, Float64Array.of(gradient), 0.1, 1);
    return parameters[0]!;
  });
}

describe('createOptimizer', () => {
  it('sgd sums gradients with momentum, as worked by hand', () => {
    // v = 0.5; 0.45 - 1 = -0.55; -0.495 + 2 = 1.505
    path({ optimizer: 'sgd' }).forEach((value, i) => {
      expect(value).toBeCloseTo([0.95, 1.005, 0.8545][i]!, 12);
    });
  });

  it('adam takes a step of the learning rate at first, whatever the gradient', () => {
    expect(path({})[0]).toBeCloseTo(0.9, 6);
  });

  it('decays in the gradient or apart from it', () => {
    // adamw: 1 · (1 - 0.1 · 0.1) - 0.1
    expect(path({ optimizer: 'adamw', weightDecay: 0.1 })[0]).toBeCloseTo(0.89, 6);
    // adam: the first step has the learning rate's size still.
    expect(path({ weightDecay: 0.1 })[0]).toBeCloseTo(0.9, 6);
    // sgd: v = 0.5 + 0.1 · 1
    expect(path({ optimizer: 'sgd', weightDecay: 0.1 })[0]).toBeCloseTo(0.94, 12);
  });

  it('multiplies the gradient by the scale it is given, and leaves it as it was', () => {
    const settings = resolveVrae({ optimizer: 'sgd' });
    const parameters = Float32Array.of(1);
    const gradient = Float32Array.of(2);
    createOptimizer(settings, parameters).step(parameters, gradient, 0.5, 0.25);
    expect([parameters[0], gradient[0]]).toEqual([0.75, 2]);
  });
});

describe('clipScale', () => {
  it('brings the norm down to the limit, and leaves smaller gradients alone', () => {
    expect(clipScale(Float64Array.of(3, 4), 1)).toBe(0.2);
    expect(clipScale(Float64Array.of(3, 4), 5)).toBe(1);
    expect(clipScale(new Float64Array(3), 1)).toBe(1);
  });
});

describe('learningRateAt', () => {
  const rates = (options: VraeOptions, ...at: number[]): number[] => {
    const settings = resolveVrae({ learningRate: 1, updates: 100, ...options });
    return at.map((update) => Number(learningRateAt(update, settings).toFixed(6)));
  };

  it('stays, or falls along half a cosine to a tenth', () => {
    expect(rates({ schedule: 'constant' }, 0, 50, 99)).toEqual([1, 1, 1]);
    expect(rates({}, 0, 50, 100)).toEqual([1, 0.55, 0.1]);
  });

  it('grows over its warm-up first, from one part of it to all', () => {
    expect(rates({ schedule: 'constant', rateWarmUp: 0.1 }, 0, 4, 9, 10, 99)).toEqual([0.1, 0.5, 1, 1, 1]);
    expect(rates({ rateWarmUp: 0.1 }, 0, 9, 54, 99)).toEqual([0.1, 1, 0.55, 0.1]);
    expect(rates({ rateWarmUp: 1 }, 0, 49, 99)).toEqual([0.01, 0.5, 1]);
  });
});
