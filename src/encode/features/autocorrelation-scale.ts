import type { Autocovariance } from '../../numeric/autocovariance.js';
import type { ScoredSeries } from './scored-series.js';

/** Lags looked at for the mutual information. */
const MOST_INFORMATION_LAGS = 40;
/** Of a sum of squares, below which a stretch counts as constant. */
const CONSTANT = 1e-10;
/** Of squared correlations, below which they count as equal. */
const EQUAL = 1e-12;

/** Lag, between steps, at which the autocorrelation falls below 1/e: `CO_FirstCrossing_acf_1e_pointOfCrossing`. */
export function decayLag({ autocovariance, steps }: ScoredSeries): number {
  return crossing(autocovariance, steps, 1 / Math.E);
}

/** Lag, between steps, at which the autocorrelation falls to a level; the last lag if it does not. */
export function crossing(autocovariance: Autocovariance, length: number, level: number): number {
  const variance = autocovariance.at(0);
  let before = 1;
  for (let lag = 1; lag < length; lag++) {
    const now = autocovariance.at(lag) / variance;
    if (now <= level) return lag - 1 + (before - level) / (before - now);
    before = now;
  }
  return length - 1;
}

/** Lag of the first minimum of the autocorrelation, else the number of steps: `CO_FirstMin_ac`. Undefined below 3 steps. */
export function firstMinimum({ autocovariance, steps }: ScoredSeries): number {
  if (steps < 3) return Number.NaN;
  let before = autocovariance.at(0);
  let now = autocovariance.at(1);
  for (let lag = 1; lag < steps - 1; lag++) {
    const after = autocovariance.at(lag + 1);
    if (now < before && now < after) return lag;
    before = now;
    now = after;
  }
  return steps;
}

/**
 * Lag of the first minimum of the mutual information of the series with itself, were the two Gaussian, among the lags
 * up to 40 and half the steps, else the last lag: `IN_AutoMutualInfoStats_40_gaussian_fmmi`.
 *
 * That information is -log(1 - r²) / 2 and grows with the squared correlation r², which is compared in its place. Lags
 * that leave a constant series have none and are no minimum.
 */
export function informationLag({ autocovariance, values, steps }: ScoredSeries): number {
  const last = Math.min(MOST_INFORMATION_LAGS, Math.ceil(steps / 2));
  let headSum = 0;
  let headSquares = 0;
  for (let i = 0; i < steps; i++) {
    headSum += values[i]!;
    headSquares += values[i]! * values[i]!;
  }
  let tailSum = headSum;
  let tailSquares = headSquares;
  let beforeLast = Number.NaN;
  let before = Number.NaN;
  for (let lag = 1; lag <= last; lag++) {
    const count = steps - lag;
    const leaving = values[count]!;
    const entering = values[lag - 1]!;
    headSum -= leaving;
    headSquares -= leaving * leaving;
    tailSum -= entering;
    tailSquares -= entering * entering;
    const headVariance = headSquares - (headSum * headSum) / count;
    const tailVariance = tailSquares - (tailSum * tailSum) / count;
    let now = Number.NaN;
    if (headVariance > CONSTANT && tailVariance > CONSTANT) {
      const covariance = autocovariance.at(lag) - (headSum * tailSum) / count;
      now = (covariance * covariance) / (headVariance * tailVariance);
    }
    if (before < beforeLast - EQUAL && before < now - EQUAL) return lag - 1;
    beforeLast = before;
    before = now;
  }
  return last;
}
