import { createRealFft } from '../../numeric/real-fft.js';

/** What repeats in series, and how plainly. */
export interface Periodicity {
  /** Mean over the series, by lag in steps, from 0. */
  readonly autocorrelation: Float64Array; // (lags)
  /** Mean power over the series by frequency, in multiples of its mean; frequency k is k waves in `size` steps. */
  readonly power: Float64Array;
  readonly size: number;
  /** Periods that both agree on, the strongest first. */
  readonly periods: readonly Period[];
}

export interface Period {
  readonly steps: number;
  readonly autocorrelation: number;
  /** In multiples of the mean power. */
  readonly power: number;
}

/** Waves that a series must show of a period. */
const LEAST_WAVES = 3;
const SHORTEST = 3;
/** Of any peak in noise alone. */
const SIGNIFICANCE = 0.01;
/** By how much a hill stands above the lags half a wave before and behind it. */
const LEAST_HILL = 0.05;

/**
 * Finds periods as AUTOPERIOD does (Vlachos, Yu and Castelli, "On Periodicity Detection and Structural Similarity", 2005):
 * peaks of the periodogram that noise would hardly make are candidates, and those that lie on a hill of the
 * autocorrelation are periods; the hill's top says how long each is, more finely than a frequency can. Where Vlachos and
 * others shuffle one series, the mean of many is held against what noise alone gives: its power at a frequency is a mean of
 * exponential variables, which is beyond x with a probability of at most exp(-series (x - 1 - ln x)) (Chernoff, 1952), and
 * its autocorrelation has a standard error of 1 / sqrt(steps series). A hill must stand out by a twentieth, too, so that
 * what many series hardly show is not taken for a habit.
 *
 * Each series counts the same, whatever its level: its line of trend is taken off, and it is divided by its deviation.
 * Series without any variation are left out.
 *
 * @param series all of one length, at least 2
 */
export function findPeriods(series: readonly Float64Array[]): Periodicity {
  const n = series[0]?.length ?? 0;
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, 2 * n)));
  const fft = createRealFft(size);
  const half = size / 2;
  const power = new Float64Array(half + 1);
  const input = new Float64Array(size);
  const real = new Float64Array(half + 1);
  const imaginary = new Float64Array(half + 1);
  let counted = 0;
  for (const one of series) {
    if (!standardize(one, input)) continue;
    fft.transform(input, real, imaginary);
    for (let k = 0; k <= half; k++) power[k]! += real[k]! ** 2 + imaginary[k]! ** 2;
    counted++;
  }
  const autocorrelation = counted === 0 ? new Float64Array(0) : toAutocorrelation(power, n);
  let mean = 0;
  for (let k = 1; k <= half; k++) mean += power[k]! / half;
  for (let k = 0; k <= half; k++) power[k] = mean === 0 ? 0 : power[k]! / mean;
  return {
    autocorrelation,
    power,
    size,
    periods: counted === 0 ? [] : pickPeriods(power, autocorrelation, { steps: n, series: counted }),
  };
}

/** Writes a series without its trend, of deviation 1, padded with zeros; whether it varies at all. */
function standardize(series: Float64Array, into: Float64Array): boolean {
  const n = series.length;
  const middle = (n - 1) / 2;
  let sum = 0;
  let products = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    sum += series[i]!;
    products += (i - middle) * series[i]!;
    squares += (i - middle) ** 2;
  }
  const slope = squares === 0 ? 0 : products / squares;
  into.fill(0);
  let variance = 0;
  for (let i = 0; i < n; i++) {
    into[i] = series[i]! - sum / n - slope * (i - middle);
    variance += into[i]! ** 2 / n;
  }
  if (variance <= 1e-12 * (1 + (sum / n) ** 2)) return false;
  const deviation = Math.sqrt(variance);
  for (let i = 0; i < n; i++) into[i]! /= deviation;
  return true;
}

/** By the transform of the power (Wiener and Khinchin); a lag's shorter overlap is made up for. */
function toAutocorrelation(power: Float64Array, n: number): Float64Array {
  const half = power.length - 1;
  const fft = createRealFft(2 * half);
  const mirrored = Float64Array.from({ length: 2 * half }, (_, k) => power[k <= half ? k : 2 * half - k]!);
  const real = new Float64Array(half + 1);
  fft.transform(mirrored, real, new Float64Array(half + 1));
  // Half a wave beyond the longest period.
  const lags = Math.max(1, Math.floor((1.5 * n) / LEAST_WAVES) + 1);
  return Float64Array.from({ length: lags }, (_, lag) => (real[lag]! / real[0]!) * (n / (n - lag)));
}

function pickPeriods(
  power: Float64Array,
  autocorrelation: Float64Array,
  counts: { readonly steps: number; readonly series: number },
): readonly Period[] {
  const size = 2 * (power.length - 1);
  const threshold = limitOfNoise(counts);
  const noise = 2.58 / Math.sqrt(counts.steps * counts.series);
  const found = new Map<number, Period>();
  for (let k = 1; k < power.length - 1; k++) {
    const isPeak = power[k]! >= power[k - 1]! && power[k]! > power[k + 1]!;
    if (!isPeak || power[k]! < threshold) continue;
    // Padded to twice the length, a wave's width is two frequencies.
    const steps = hillTop(autocorrelation, size / (k + 2), size / Math.max(1, k - 2));
    if (steps === undefined || autocorrelation[steps]! < noise) continue;
    const known = found.get(steps);
    if (known === undefined || known.power < power[k]!) {
      found.set(steps, { steps, autocorrelation: autocorrelation[steps]!, power: power[k]! });
    }
  }
  return [...found.values()].sort((a, b) => b.power - a.power || a.steps - b.steps);
}

/**
 * The lag between two that stands out most of the autocorrelation half a wave before and behind it; undefined where none
 * does. Held against both sides, a slope that a longer period or slow changes make shifts no hill, and is none.
 */
function hillTop(autocorrelation: Float64Array, low: number, high: number): number | undefined {
  let top: number | undefined;
  let most = LEAST_HILL;
  const last = Math.min(Math.ceil(high), Math.floor((2 * (autocorrelation.length - 1)) / 3));
  for (let lag = Math.max(SHORTEST, Math.floor(low)); lag <= last; lag++) {
    const half = Math.round(lag / 2);
    const hill = autocorrelation[lag]! - (autocorrelation[lag - half]! + autocorrelation[lag + half]!) / 2;
    if (hill <= most) continue;
    top = lag;
    most = hill;
  }
  return top;
}

/** Mean power that noise exceeds at any of its frequencies with a probability of `SIGNIFICANCE` at most. */
function limitOfNoise({ steps, series }: { readonly steps: number; readonly series: number }): number {
  const wanted = Math.log(steps / 2 / SIGNIFICANCE) / series;
  let low = 1;
  let high = 2 + 2 * wanted;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (middle - 1 - Math.log(middle) < wanted) low = middle;
    else high = middle;
  }
  return high;
}
