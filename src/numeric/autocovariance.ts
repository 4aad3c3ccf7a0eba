import { createRealFft, type RealFft } from './real-fft.js';

/** Sums of products of a series with itself at a lag, each computed when it is first asked for. */
export interface Autocovariance {
  /** Takes the series, which is read until the next one is taken. */
  load(series: Float64Array, length: number): void;
  /** Sum over i of series[i] * series[i + lag]; about the mean only where the series has none. 0 from `length` on. */
  at(lag: number): number;
}

/**
 * Plans sums for series of up to `most` values. Lags are added up one by one, and once that has cost as much as a
 * Fourier transform, all others come from the transform (Wiener, 1930; Khinchin, 1934); few questions need many lags.
 */
export function createAutocovariance(most: number): Autocovariance {
  const sums = new Float64Array(most);
  const transform = createLagTransform(most);
  let series: Float64Array = new Float64Array(0);
  let length = 0;
  let known = 0;
  let work = 0;

  return {
    load: (next, nextLength) => {
      series = next;
      length = nextLength;
      known = 0;
      work = 0;
    },
    at: (lag) => {
      if (lag >= length) return 0;
      while (known <= lag) {
        if (work > transform.cost) {
          transform.write(series, length, sums, known);
          known = length;
          break;
        }
        work += length - known;
        sums[known] = laggedSum(series, length, known);
        known++;
      }
      return sums[lag]!;
    },
  };
}

interface LagTransform {
  /** Of one call, in products of `laggedSum`. */
  readonly cost: number;
  write(series: Float64Array, length: number, sums: Float64Array, from: number): void;
}

function createLagTransform(most: number): LagTransform {
  // Zeros as long as the series keep its end from meeting its beginning.
  const size = 2 ** Math.ceil(Math.log2(2 * Math.max(1, most)));
  let fft: RealFft | undefined;
  const padded = new Float64Array(size);
  const real = new Float64Array(size / 2 + 1);
  const imaginary = new Float64Array(size / 2 + 1);

  return {
    cost: 3 * size * Math.log2(size),
    write: (series, length, sums, from) => {
      fft ??= createRealFft(size);
      for (let i = 0; i < length; i++) padded[i] = series[i]!;
      padded.fill(0, length);
      fft.transform(padded, real, imaginary);
      padded[0] = real[0]! ** 2;
      padded[size / 2] = real[size / 2]! ** 2;
      for (let k = 1; k < size / 2; k++) {
        const power = real[k]! * real[k]! + imaginary[k]! * imaginary[k]!;
        padded[k] = power;
        padded[size - k] = power;
      }
      fft.transform(padded, real, imaginary);
      for (let lag = from; lag < length; lag++) sums[lag] = real[lag]! / size;
    },
  };
}

function laggedSum(series: Float64Array, length: number, lag: number): number {
  let even = 0;
  let odd = 0;
  let i = lag;
  for (; i + 1 < length; i += 2) {
    even += series[i]! * series[i - lag]!;
    odd += series[i + 1]! * series[i + 1 - lag]!;
  }
  return i < length ? even + odd + series[i]! * series[i - lag]! : even + odd;
}
