import { createAutocovariance } from '../../numeric/autocovariance.js';
import type { ScoredSeries } from './scored-series.js';

/** A peak of the autocovariance rises this far above the trough before it, in variances of the series. */
const LEAST_RISE = 0.01;
const BASIS = 5;

/**
 * Period in steps: the first lag, up to a third of the steps, at which the autocovariance of the detrended series has a
 * positive peak that rises above the trough before it; 0 if there is none: `PD_PeriodicityWang_th0_01` (Wang et al.,
 * 2007). The trend is the cubic spline with one inner knot that fits best.
 */
export function createPeriodicity(steps: number): (series: ScoredSeries) => number {
  const basis = splineBasis(steps);
  const rest = new Float64Array(steps);
  const autocovariance = createAutocovariance(steps);
  const lags = Math.ceil(steps / 3);

  return ({ values }) => {
    if (lags < BASIS - 1) return 0;
    removeTrend(values, basis, rest);
    autocovariance.load(rest, steps);
    let before = autocovariance.at(1) / (steps - 1);
    let now = autocovariance.at(2) / (steps - 2);
    let trough = Number.NaN;
    for (let lag = 2; lag < lags; lag++) {
      const after = autocovariance.at(lag + 1) / (steps - lag - 1);
      if (now < before && now < after) trough = now;
      else if (now > before && now > after && now >= 0 && now - trough >= LEAST_RISE) return lag;
      before = now;
      now = after;
    }
    return 0;
  };
}

function removeTrend(values: Float64Array, basis: readonly Float64Array[], rest: Float64Array): void {
  rest.set(values);
  for (const column of basis) {
    let product = 0;
    for (let i = 0; i < rest.length; i++) product += column[i]! * rest[i]!;
    for (let i = 0; i < rest.length; i++) rest[i]! -= product * column[i]!;
  }
}

/** An orthonormal basis of the cubic splines over the steps with one inner knot, by Gram and Schmidt, done twice. */
function splineBasis(steps: number): readonly Float64Array[] {
  const knot = Math.floor(steps / 2) - 1;
  const scale = 2 / Math.max(1, steps - 1);
  const basis: Float64Array[] = [];
  for (let power = 0; power < BASIS; power++) {
    const column = new Float64Array(steps);
    for (let i = 0; i < steps; i++) {
      column[i] = power < BASIS - 1 ? (i * scale - 1) ** power : Math.max(0, (i - knot) * scale) ** 3;
    }
    const rest = new Float64Array(steps);
    removeTrend(column, basis, rest);
    removeTrend(rest, basis, column);
    const norm = Math.hypot(...column);
    basis.push(column.map((value) => value / norm));
  }
  return basis;
}
