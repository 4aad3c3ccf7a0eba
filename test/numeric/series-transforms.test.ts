import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAutocovariance } from '../../src/numeric/autocovariance.js';
import { createDecimator } from '../../src/numeric/decimate.js';
import { createRealFft } from '../../src/numeric/real-fft.js';
import { createValueOrder } from '../../src/numeric/value-order.js';

const number = fc.double({ min: -1e3, max: 1e3, noNaN: true });

describe('the real Fourier transform', () => {
  it('is the sum that defines it', () => {
    const sizes = fc.constantFrom(2, 4, 8, 16, 64);
    fc.assert(
      fc.property(
        sizes.chain((size) => fc.array(number, { minLength: size, maxLength: size })),
        (input) => {
          const size = input.length;
          const real = new Float64Array(size / 2 + 1);
          const imaginary = new Float64Array(size / 2 + 1);
          createRealFft(size).transform(Float64Array.from(input), real, imaginary);
          for (let k = 0; k <= size / 2; k++) {
            const angle = (j: number) => (-2 * Math.PI * j * k) / size;
            expect(real[k]).toBeCloseTo(
              input.reduce((sum, x, j) => sum + x * Math.cos(angle(j)), 0),
              8,
            );
            expect(imaginary[k]).toBeCloseTo(
              input.reduce((sum, x, j) => sum + x * Math.sin(angle(j)), 0),
              8,
            );
          }
        },
      ),
    );
  });

  it('gives back what it was made of', () => {
    for (const size of [2, 4, 8, 64, 512]) {
      const input = Float64Array.from({ length: size }, (_, i) => Math.sin(i * i) + (i % 3));
      const real = new Float64Array(size / 2 + 1);
      const imaginary = new Float64Array(size / 2 + 1);
      const output = new Float64Array(size);
      const fft = createRealFft(size);
      fft.transform(input, real, imaginary);
      fft.invert(real, imaginary, output);
      expect([...output]).toEqual([...input].map((x) => expect.closeTo(x, 12)));
    }
  });

  it('refuses a size that is no power of two', () => {
    expect(() => createRealFft(12)).toThrow(/power of two/);
  });
});

describe('the autocovariance', () => {
  it('is the sum of lagged products, in whatever order and however many lags are asked for', () => {
    const series = fc.array(number, { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(series, fc.integer({ min: 0, max: 310 }), (values, first) => {
        const autocovariance = createAutocovariance(300);
        autocovariance.load(Float64Array.from(values), values.length);
        for (const lag of [first, ...values.keys()]) {
          let expected = 0;
          for (let i = 0; i + lag < values.length; i++) expected += values[i]! * values[i + lag]!;
          expect(Math.abs(autocovariance.at(lag) - expected)).toBeLessThan(1e-4);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('the order of values', () => {
  it('is that of a stable sort', () => {
    const values = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 });
    const order = createValueOrder(200);
    fc.assert(
      fc.property(values, (given) => {
        const expected = [...given.keys()].sort((a, b) => given[a]! - given[b]!);
        expect([...order.of(Float64Array.from(given), given.length).subarray(0, given.length)]).toEqual(expected);
      }),
    );
  });
});

describe('thinning out', () => {
  const decimator = createDecimator();
  const thin = (series: readonly number[], factor: number) => {
    const out = new Float64Array(series.length);
    const length = decimator.decimate(Float64Array.from(series), series.length, factor, out);
    return [...out.subarray(0, length)];
  };

  it('keeps a constant away from the ends', () => {
    expect(thin(new Array(100).fill(2), 3).slice(11, -11)).toEqual(new Array(12).fill(expect.closeTo(2, 12)));
  });

  it('keeps slow waves and takes out those too fast for what is left', () => {
    const wave = (period: number) => Array.from({ length: 400 }, (_, i) => Math.sin((2 * Math.PI * i) / period));
    const middle = (series: readonly number[]) => series.slice(30, -30);
    const slow = middle(wave(40).filter((_, i) => i % 4 === 0));
    for (const [i, value] of middle(thin(wave(40), 4)).entries()) expect(value).toBeCloseTo(slow[i]!, 2);
    expect(Math.max(...middle(thin(wave(5), 4)).map(Math.abs))).toBeLessThan(0.01);
  });
});
