import { createRealFft } from '../../numeric/real-fft.js';
import type { ScoredSeries } from './scored-series.js';

/** Of the power: a flat spectrum, which a lone spike has, reaches its half at one frequency however it is rounded. */
const ROUNDING = 1e-12;

/** Summaries of the power spectrum of a series, padded with zeros to a power of two. */
export interface SpectrumSummary {
  /** Both are undefined below 3 steps. */
  load(series: ScoredSeries): void;
  /** Power in the lowest fifth of the frequencies: `SP_Summaries_fft_area_5_1`. In variances of the series. */
  lowPower(): number;
  /** Frequency below which half of the power lies, in radians per step: `SP_Summaries_fft_wq_50`. */
  medianFrequency(): number;
}

export function createSpectrumSummary(steps: number): SpectrumSummary {
  const fft = createRealFft(2 ** Math.ceil(Math.log2(steps)));
  const { size } = fft;
  const frequencies = size / 2 + 1;
  const padded = new Float64Array(size);
  const real = new Float64Array(frequencies);
  const imaginary = new Float64Array(frequencies);
  const cumulative = new Float64Array(frequencies);
  const spacing = (2 * Math.PI) / size;

  return {
    load: ({ values }) => {
      padded.set(values);
      fft.transform(padded, real, imaginary);
      let sum = 0;
      for (let k = 0; k < frequencies; k++) {
        sum += real[k]! * real[k]! + imaginary[k]! * imaginary[k]!;
        cumulative[k] = sum;
      }
    },
    lowPower: () => {
      if (steps < 3) return Number.NaN;
      return (cumulative[Math.ceil(frequencies / 5) - 1]! * spacing) / (Math.PI * steps);
    },
    medianFrequency: () => {
      if (steps < 3) return Number.NaN;
      const half = (0.5 - ROUNDING) * cumulative[frequencies - 1]!;
      let k = 0;
      while (cumulative[k]! < half) k++;
      return k * spacing;
    },
  };
}
