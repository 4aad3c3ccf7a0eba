import { describe, expect, it } from 'vitest';
import { applySigmoid, applyTanh } from '../../src/numeric/activation.js';

const inputs = Float64Array.from({ length: 20_001 }, (_, i) => (i - 10_000) / 200); // -50 to 50

describe('applySigmoid', () => {
  it('is within 1e-12 of the definition', () => {
    const values = inputs.slice();
    applySigmoid(values, 0, values.length);
    values.forEach((value, i) => {
      expect(Math.abs(value - 1 / (1 + Math.exp(-inputs[i]!)))).toBeLessThan(1e-12);
    });
  });

  it('saturates at infinity and passes NaN on', () => {
    const values = Float64Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN);
    applySigmoid(values, 0, 3);
    expect(values[0]).toBeCloseTo(1, 15);
    expect(values[1]).toBeCloseTo(0, 15);
    expect(values[2]).toBeNaN();
  });

  it('touches its range only', () => {
    const values = Float64Array.of(5, 0, 5);
    applySigmoid(values, 1, 2);
    expect([...values]).toEqual([5, 0.5, 5]);
  });
});

describe('applyTanh', () => {
  it('is within 1e-12 of Math.tanh', () => {
    const values = inputs.slice();
    applyTanh(values, 0, values.length);
    values.forEach((value, i) => {
      expect(Math.abs(value - Math.tanh(inputs[i]!))).toBeLessThan(1e-12);
    });
  });
});
