import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortFloat } from '../../src/publish/short-float.js';

describe('shortFloat', () => {
  it('writes a float32 as the decimal that a person would write', () => {
    expect(shortFloat(Math.fround(0.1))).toBe(0.1);
    expect(shortFloat(Math.fround(-3.25001))).toBe(-3.25001);
    expect(shortFloat(Math.fround(123.456))).toBe(123.456);
    expect(shortFloat(Math.fround(1e-7))).toBe(1e-7);
    expect(shortFloat(Math.fround(6.02e23))).toBe(6.02e23);
    expect(shortFloat(0)).toBe(0);
    expect(shortFloat(7)).toBe(7);
  });

  it('reads back as the same float32, whatever the value', () => {
    fc.assert(
      fc.property(fc.float(), (x) => {
        expect(Math.fround(shortFloat(x))).toBe(x);
      }),
      { numRuns: 20_000 },
    );
  });

  it('needs no more than nine digits, and six where six are enough', () => {
    const digits = (x: number) => x.toExponential().split('e')[0]!.replace(/[-.]/g, '').length;
    fc.assert(
      fc.property(
        fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(1e-12), max: Math.fround(1e12) }),
        (x) => {
          // Whole numbers below 2^24 print as they are, and have eight digits at most.
          expect(digits(shortFloat(x))).toBeLessThanOrEqual(9);
          const six = Number(x.toPrecision(6));
          if (Math.fround(six) === x) expect(shortFloat(x)).toBe(six);
        },
      ),
      { numRuns: 20_000 },
    );
  });
});
