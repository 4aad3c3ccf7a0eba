import { createAutocovariance } from '../../numeric/autocovariance.js';
import { crossing } from './autocorrelation-scale.js';
import type { ScoredSeries } from './scored-series.js';

/** Of the spread of differences, below which they count as constant. */
const CONSTANT = 1e-20;

/**
 * Standard deviation of the errors when the mean of three steps foretells the next: `FC_LocalSimple_mean3_stde`. In
 * standard deviations of the series; undefined below 5 steps.
 */
export function forecastError({ values, steps }: ScoredSeries): number {
  const count = steps - 3;
  if (count < 2) return Number.NaN;
  let sum = 0;
  for (let i = 3; i < steps; i++) sum += error(values, i);
  const mean = sum / count;
  let squares = 0;
  for (let i = 3; i < steps; i++) squares += (error(values, i) - mean) ** 2;
  return Math.sqrt(squares / (count - 1));
}

/**
 * How much shorter memory gets by differencing: the lag at which the autocorrelation of the differences crosses zero,
 * over that of the series: `FC_LocalSimple_mean1_taurat`. Undefined below 3 steps and where differences are constant.
 */
export function createWhitening(steps: number): (series: ScoredSeries) => number {
  const differences = new Float64Array(steps);
  const autocovariance = createAutocovariance(steps);
  return (series) => {
    const { values } = series;
    const count = steps - 1;
    const mean = (values[count]! - values[0]!) / count;
    for (let i = 0; i < count; i++) differences[i] = values[i + 1]! - values[i]! - mean;
    autocovariance.load(differences, count);
    if (autocovariance.at(0) < CONSTANT) return Number.NaN;
    return crossing(autocovariance, count, 0) / crossing(series.autocovariance, steps, 0);
  };
}

function error(values: Float64Array, i: number): number {
  return values[i]! - (values[i - 3]! + values[i - 2]! + values[i - 1]!) / 3;
}
