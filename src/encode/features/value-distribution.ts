import type { LoadedSeries } from './loaded-series.js';

const QUANTILES = [0.1, 0.3, 0.7, 0.9] as const;
const SIGMAS = [1, 2] as const;
const MASSES = [0.2, 0.5, 0.8] as const;
const BINS = 10;

/**
 * Writes the features that say which values a series has, NaN where it does not define one.
 *
 * @returns the place after the last
 */
export function writeDistribution(series: LoadedSeries, out: Float64Array): number {
  const { values, sorted, mean, variance } = series;
  const deviation = Math.sqrt(variance);
  let energy = 0;
  for (const value of values) energy += value * value;
  let at = 0;
  out[at++] = mean;
  out[at++] = quantile(sorted, 0.5);
  out[at++] = deviation;
  out[at++] = mean === 0 ? Number.NaN : deviation / mean;
  at = writeHigherMoments(series, out, at);
  out[at++] = sorted[0]!;
  out[at++] = sorted.at(-1)!;
  for (const q of QUANTILES) out[at++] = quantile(sorted, q);
  out[at++] = energy;
  out[at++] = Math.sqrt(energy / values.length);
  for (const r of SIGMAS) out[at++] = count(values, (value) => Math.abs(value - mean) > r * deviation) / values.length;
  out[at++] = count(values, (value) => value > mean);
  out[at++] = count(values, (value) => value < mean);
  out[at++] = distinct(sorted) / values.length;
  out[at++] = binnedEntropy(values, sorted[0]!, sorted.at(-1)!);
  return writeMasses(values, out, at);
}

/** Between the two nearest values by a line. */
function quantile(sorted: Float64Array, q: number): number {
  const place = (sorted.length - 1) * q;
  const below = Math.floor(place);
  const lower = sorted[below]!;
  return lower + (place - below) * ((sorted[below + 1] ?? lower) - lower);
}

/** Skewness and excess kurtosis, without the bias of small samples (Joanes and Gill, 1998). */
function writeHigherMoments({ values, mean, variance }: LoadedSeries, out: Float64Array, at: number): number {
  const n = values.length;
  let cubes = 0;
  let fourths = 0;
  for (const value of values) {
    const off = value - mean;
    cubes += off * off * off;
    fourths += off * off * off * off;
  }
  const squares = variance * n;
  const isFlat = variance === 0;
  const skewness = ((n * Math.sqrt(n - 1)) / (n - 2)) * (cubes / squares ** 1.5);
  const left = (n - 2) * (n - 3);
  const kurtosis = (n * (n + 1) * (n - 1) * fourths) / (left * squares * squares) - (3 * (n - 1) * (n - 1)) / left;
  out[at] = n < 3 ? Number.NaN : isFlat ? 0 : skewness;
  out[at + 1] = n < 4 ? Number.NaN : isFlat ? 0 : kurtosis;
  return at + 2;
}

function count(values: Float64Array, fits: (value: number) => boolean): number {
  let found = 0;
  for (const value of values) if (fits(value)) found++;
  return found;
}

function distinct(sorted: Float64Array): number {
  let found = 1;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) found++;
  return found;
}

const counts = new Uint32Array(BINS);

/** Entropy, in nats, of the shares of ten equal bins; a value on an edge is above it. */
function binnedEntropy(values: Float64Array, least: number, most: number): number {
  if (least === most) return 0;
  const width = (most - least) / BINS;
  counts.fill(0);
  for (const value of values) {
    let bin = Math.min(BINS - 1, Math.floor(((value - least) / (most - least)) * BINS));
    if (value < least + bin * width) bin--;
    else if (bin < BINS - 1 && value >= least + (bin + 1) * width) bin++;
    counts[bin]!++;
  }
  let entropy = 0;
  for (const found of counts) {
    const share = found / values.length;
    if (share > 0) entropy -= share * Math.log(share);
  }
  return entropy;
}

/** Shares of the steps by which shares of all usage have come. */
function writeMasses(values: Float64Array, out: Float64Array, at: number): number {
  let total = 0;
  for (const value of values) total += Math.abs(value);
  out.fill(Number.NaN, at, at + MASSES.length);
  let reached = 0;
  let sum = 0;
  for (let step = 0; step < values.length && total > 0; step++) {
    sum += Math.abs(values[step]!);
    while (reached < MASSES.length && sum / total >= MASSES[reached]!) {
      out[at + reached++] = (step + 1) / values.length;
    }
  }
  return at + MASSES.length;
}
