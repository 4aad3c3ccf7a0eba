import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/random.js';
import { drawGamma } from '../../src/simulate/gamma.js';
import { createWeightedChoice } from '../../src/simulate/weighted-choice.js';

describe('createWeightedChoice', () => {
  it('draws in proportion to the weights, and never what weighs nothing', () => {
    const weights = Float64Array.of(1, 0, 7, 2, 0.5, 9.5);
    const choice = createWeightedChoice(weights);
    expect(choice.total).toBe(20);
    const random = createRandom(5);
    const counts = new Float64Array(weights.length);
    for (let i = 0; i < 200_000; i++) counts[choice.draw(random)]!++;
    expect(counts[1]).toBe(0);
    counts.forEach((count, i) => {
      expect(count / 200_000).toBeCloseTo(weights[i]! / 20, 2);
    });
  });

  it('draws the only one there is', () => {
    const choice = createWeightedChoice(Float64Array.of(3));
    expect(choice.draw(createRandom(1))).toBe(0);
  });
});

describe('drawGamma', () => {
  it.each([0.4, 1, 2, 3.5, 20])('has mean and variance of its shape: %d', (shape) => {
    const random = createRandom(9);
    const count = 100_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < count; i++) {
      const value = drawGamma(random, shape);
      sum += value;
      squares += value * value;
    }
    const mean = sum / count;
    expect(mean / shape).toBeCloseTo(1, 1.5);
    expect((squares / count - mean * mean) / shape).toBeCloseTo(1, 1);
  });
});
