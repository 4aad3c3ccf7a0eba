import { SegtideError } from '../../errors.js';
import { createMagnitudes } from './spectrum-magnitudes.js';
import { writeCourse } from './value-course.js';
import { writeDistribution } from './value-distribution.js';

/** Names of the features, in the order of their values: those of tsfresh 0.21. */
export const COMPACT_FEATURES = [
  'mean',
  'median',
  'standard_deviation',
  'variation_coefficient',
  'skewness',
  'kurtosis',
  'minimum',
  'maximum',
  'quantile__q_0.1',
  'quantile__q_0.3',
  'quantile__q_0.7',
  'quantile__q_0.9',
  'abs_energy',
  'root_mean_square',
  'ratio_beyond_r_sigma__r_1',
  'ratio_beyond_r_sigma__r_2',
  'count_above_mean',
  'count_below_mean',
  'ratio_value_number_to_time_series_length',
  'binned_entropy__max_bins_10',
  'index_mass_quantile__q_0.2',
  'index_mass_quantile__q_0.5',
  'index_mass_quantile__q_0.8',
  'mean_abs_change',
  'mean_change',
  'mean_second_derivative_central',
  'cid_ce__normalize_True',
  'c3__lag_1',
  'c3__lag_2',
  'c3__lag_3',
  'time_reversal_asymmetry_statistic__lag_1',
  'time_reversal_asymmetry_statistic__lag_2',
  'time_reversal_asymmetry_statistic__lag_3',
  'autocorrelation__lag_1',
  'autocorrelation__lag_2',
  'autocorrelation__lag_3',
  'autocorrelation__lag_5',
  'autocorrelation__lag_7',
  'linear_trend__attr_"slope"',
  'linear_trend__attr_"rvalue"',
  'linear_trend__attr_"stderr"',
  'longest_strike_above_mean',
  'longest_strike_below_mean',
  'first_location_of_maximum',
  'last_location_of_maximum',
  'first_location_of_minimum',
  'last_location_of_minimum',
  'number_peaks__n_1',
  'number_peaks__n_3',
  'fft_coefficient__attr_"abs"__coeff_1',
  'fft_coefficient__attr_"abs"__coeff_2',
  'fft_coefficient__attr_"abs"__coeff_3',
  'fft_coefficient__attr_"abs"__coeff_4',
  'fft_aggregated__aggtype_"centroid"',
  'fft_aggregated__aggtype_"variance"',
] as const;

export interface CompactFeaturesOptions {
  /** Of a series; from 2 on. */
  readonly steps: number;
  readonly channels: number;
}

/** The compact features of series of one shape. */
export interface CompactFeatures {
  /** Of one channel, in the order of their values. */
  readonly names: readonly string[];
  /**
   * Writes the features of each channel of each series: (batch, steps, channels) → (batch, channels, features). All are
   * finite: 0 stands for what a series does not define, and for all of a channel with a cell that is not finite. A row is
   * the same in every batch.
   */
  transform(values: Float32Array | Float64Array, length: number, out: Float32Array | Float64Array): void;
}

/** Of the largest absolute value: a smaller range is rounding. */
const CONSTANT = 1e-10;

/**
 * Plans 55 features of tsfresh (Christ et al., 2018, doi:10.1016/j.neucom.2018.03.067) for one shape: level, spread,
 * change, memory, trend, timing and spectrum of a series as it is, unlike catch22 with its level and size.
 * docs/features.md lists them. The values are those of tsfresh 0.21, computed in double precision.
 *
 * @throws SegtideError `config` when the shape has fewer than two steps or no channel
 *
 * @example
 * const compact = createCompactFeatures({ steps: 24, channels: 1 });
 * const features = new Float32Array(length * compact.names.length);
 * compact.transform(series.values, length, features);
 */
export function createCompactFeatures({ steps, channels }: CompactFeaturesOptions): CompactFeatures {
  if (!Number.isInteger(steps) || steps < 2 || !Number.isInteger(channels) || channels < 1) {
    const text = `Compact features need series of two steps or more in one channel or more, got ${steps} x ${channels}.`;
    throw new SegtideError('config', text);
  }
  const count = COMPACT_FEATURES.length;
  const values = new Float64Array(steps);
  const sorted = new Float64Array(steps);
  const measured = new Float64Array(count);
  const writeMagnitudes = createMagnitudes(steps);

  function measure(): void {
    sorted.set(values);
    sorted.sort();
    const series = { values, sorted, ...momentsOf(values, sorted) };
    const course = writeDistribution(series, measured);
    writeMagnitudes(values, measured, writeCourse(series, measured, course));
  }

  return {
    names: COMPACT_FEATURES,
    transform: (source, length, out) => {
      for (let row = 0, at = 0; row < length; row++) {
        for (let channel = 0; channel < channels; channel++, at += count) {
          if (load(source, row * steps * channels + channel, channels, values)) measure();
          else measured.fill(0);
          for (let i = 0; i < count; i++) out[at + i] = Number.isFinite(measured[i]!) ? measured[i]! : 0;
        }
      }
    },
  };
}

/** @returns whether all are finite */
function load(source: Float32Array | Float64Array, start: number, stride: number, out: Float64Array): boolean {
  let isKnown = true;
  for (let i = 0, at = start; i < out.length; i++, at += stride) {
    out[i] = source[at]!;
    isKnown &&= Number.isFinite(out[i]!);
  }
  return isKnown;
}

function momentsOf(values: Float64Array, sorted: Float64Array): { readonly mean: number; readonly variance: number } {
  const least = sorted[0]!;
  const most = sorted.at(-1)!;
  // Rounding must not make anything of a constant series.
  if (most - least <= CONSTANT * Math.max(Math.abs(least), Math.abs(most))) return { mean: least, variance: 0 };
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) * (value - mean);
  return { mean, variance: squares / values.length };
}
