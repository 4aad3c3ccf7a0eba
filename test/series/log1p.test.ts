import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { log1pInPlace, signedExpm1 } from '../../src/series/log1p.js';

function log1p(numbers: readonly number[]): Float32Array {
  const values = Float32Array.from(numbers);
  log1pInPlace(values, new Int32Array(values.buffer));
  return values;
}

/** Units in the last place of float32 between `value` and the exact logarithm of 1 + |x|. */
function error(x: number, value: number): number {
  const exact = Math.sign(x) * Math.log1p(Math.abs(x));
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact))));
  return Math.abs(value - exact) / 2 ** (exponent - 23);
}

describe('log1pInPlace', () => {
  it('keeps zero, and the sign of negative values', () => {
    expect([...log1p([0, Math.E - 1, 1 - Math.E])]).toEqual([0, 1, -1]);
  });

  it('is within 0.52 units in the last place of the exact value, in every binade and at its edges', () => {
    const numbers: number[] = [];
    for (let exponent = -149; exponent < 128; exponent++) {
      const binade = 2 ** exponent;
      numbers.push(binade, -binade, binade * (2 - 2 ** -23));
      for (let i = 0; i < 500; i++) numbers.push(binade * (1 + ((i * 0.6180339887498949) % 1)));
      for (let i = 1; i < 64; i++) numbers.push(binade * (1 + i / 64), binade * (1 + i / 64 - 2 ** -23));
    }
    const inputs = Float32Array.from(numbers);
    const outputs = log1p(numbers);
    let worst = 0;
    inputs.forEach((x, i) => {
      worst = Math.max(worst, error(x, outputs[i]!));
    });
    expect(worst).toBeGreaterThan(0.49);
    expect(worst).toBeLessThan(0.52);
  });

  it('is undone by signedExpm1 to what float32 keeps of a logarithm', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: Math.fround(-1e6), max: Math.fround(1e6) }), (x) => {
        expect(Math.abs(signedExpm1(log1p([x])[0]!) - x)).toBeLessThanOrEqual(2e-6 * Math.abs(x) + 1e-45);
      }),
    );
  });
});
