import type { LoadedSeries } from './loaded-series.js';

const LAGS = [1, 2, 3] as const;
const MEMORY_LAGS = [1, 2, 3, 5, 7] as const;
const SUPPORTS = [1, 3] as const;
/** Of a variance, up to which a series counts as constant. */
const NO_VARIANCE = 1e-8;

/**
 * Writes the features that say how values follow on each other, from a place on; NaN where a series does not define one.
 *
 * @returns the place after the last
 */
export function writeCourse(series: LoadedSeries, out: Float64Array, from: number): number {
  const { values, sorted, mean, variance } = series;
  const n = values.length;
  let at = from;
  let changes = 0;
  let squaredChanges = 0;
  for (let i = 1; i < n; i++) {
    const change = values[i]! - values[i - 1]!;
    changes += Math.abs(change);
    squaredChanges += change * change;
  }
  out[at++] = changes / (n - 1);
  out[at++] = (values[n - 1]! - values[0]!) / (n - 1);
  out[at++] = n > 2 ? (values[n - 1]! - values[n - 2]! - values[1]! + values[0]!) / (2 * (n - 2)) : Number.NaN;
  out[at++] = variance === 0 ? 0 : Math.sqrt(squaredChanges / variance);
  for (const lag of LAGS) out[at++] = triples(values, lag, (a, b, c) => a * b * c);
  for (const lag of LAGS) out[at++] = triples(values, lag, (a, b, c) => c * c * b - b * a * a);
  for (const lag of MEMORY_LAGS) out[at++] = autocorrelation(series, lag);
  at = writeTrend(series, out, at);
  out[at++] = longest(values, (value) => value > mean);
  out[at++] = longest(values, (value) => value < mean);
  for (const extreme of [sorted[n - 1]!, sorted[0]!]) {
    out[at++] = values.indexOf(extreme) / n;
    out[at++] = 1 - (n - 1 - values.lastIndexOf(extreme)) / n;
  }
  for (const support of SUPPORTS) out[at++] = peaks(values, support);
  return at;
}

/** Mean over steps a, and b and c a lag and two lags later; 0 where there is none. */
function triples(values: Float64Array, lag: number, of: (a: number, b: number, c: number) => number): number {
  const found = values.length - 2 * lag;
  let sum = 0;
  for (let i = 0; i < found; i++) sum += of(values[i]!, values[i + lag]!, values[i + 2 * lag]!);
  return found > 0 ? sum / found : 0;
}

/** Over the overlapping steps, by the variance of all. */
function autocorrelation({ values, mean, variance }: LoadedSeries, lag: number): number {
  const overlap = values.length - lag;
  if (overlap < 1 || variance <= NO_VARIANCE) return Number.NaN;
  let sum = 0;
  for (let i = 0; i < overlap; i++) sum += (values[i]! - mean) * (values[i + lag]! - mean);
  return sum / (overlap * variance);
}

/** Slope a step, correlation with time, and standard error of the slope of the line through all values. */
function writeTrend({ values, mean, variance }: LoadedSeries, out: Float64Array, at: number): number {
  const n = values.length;
  const middle = (n - 1) / 2;
  const timeVariance = (n * n - 1) / 12;
  let covariance = 0;
  for (let i = 0; i < n; i++) covariance += ((i - middle) * (values[i]! - mean)) / n;
  const r = variance === 0 ? 0 : Math.max(-1, Math.min(1, covariance / Math.sqrt(timeVariance * variance)));
  out[at] = variance === 0 ? 0 : covariance / timeVariance;
  out[at + 1] = r;
  out[at + 2] = n === 2 ? 0 : Math.sqrt(((1 - r * r) * variance) / timeVariance / (n - 2));
  return at + 3;
}

function longest(values: Float64Array, fits: (value: number) => boolean): number {
  let most = 0;
  let run = 0;
  for (const value of values) {
    run = fits(value) ? run + 1 : 0;
    if (run > most) most = run;
  }
  return most;
}

/** Values above all of so many neighbours on each side. */
function peaks(values: Float64Array, support: number): number {
  let found = 0;
  for (let i = support; i < values.length - support; i++) {
    let isPeak = true;
    for (let off = 1; off <= support && isPeak; off++) {
      isPeak = values[i]! > values[i - off]! && values[i]! > values[i + off]!;
    }
    if (isPeak) found++;
  }
  return found;
}
