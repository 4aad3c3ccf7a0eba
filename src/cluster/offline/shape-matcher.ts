import { createRealFft } from '../../numeric/real-fft.js';
import { matchShape, type ShapeMatch } from './shape-distance.js';

/** Matches series with some references. */
export interface ShapeMatcher {
  /** Takes the series that begins at `offset`. */
  load(series: ArrayLike<number>, offset: number): void;
  /** How it is shifted to be most alike reference `j`: to the bit what `matchShape` says. */
  match(j: number): ShapeMatch;
}

/** Of shorter series all shifts are tried in less time. */
const LEAST_STEPS = 48;

/**
 * Makes a matcher by Fourier transforms, whose time grows with steps × logarithm of steps. Shifts that rounding cannot tell
 * from the best are then tried.
 *
 * @param references (count, steps, channels), which it keeps
 */
export function createShapeMatcher(references: Float64Array, steps: number, channels: number): ShapeMatcher {
  const cells = steps * channels;
  if (steps < LEAST_STEPS) return matchPlainly(references, steps, channels);
  const fft = createRealFft(2 ** Math.ceil(Math.log2(2 * steps - 1)));
  const bins = fft.size / 2 + 1;
  const input = new Float64Array(fft.size);
  const toSpectrum = (values: ArrayLike<number>, offset: number): Spectrum => {
    const spectrum = createSpectrum(bins, channels);
    transform(values, offset, spectrum);
    return spectrum;
  };
  const transform = (values: ArrayLike<number>, offset: number, { real, imaginary }: Spectrum): void => {
    for (let channel = 0; channel < channels; channel++) {
      for (let step = 0, at = offset + channel; step < steps; step++, at += channels) input[step] = values[at]!;
      const from = channel * bins;
      fft.transform(input, real.subarray(from, from + bins), imaginary.subarray(from, from + bins));
    }
  };
  const known = Array.from({ length: references.length / cells }, (_, j) => ({
    values: references.subarray(j * cells, (j + 1) * cells),
    squared: squaredLength(references, j * cells, cells),
    spectrum: toSpectrum(references, j * cells),
  }));
  const own = createSpectrum(bins, channels);
  const product = createSpectrum(bins, 1);
  const correlations = new Float64Array(fft.size);
  let series: ArrayLike<number> = [];
  let start = 0;
  let squared = 0;

  return {
    load: (values, offset) => {
      series = values;
      start = offset;
      squared = squaredLength(values, offset, cells);
      transform(values, offset, own);
    },
    match: (j) => {
      const reference = known[j]!;
      const norm = Math.sqrt(squared * reference.squared);
      if (norm === 0) return { distance: 1, shift: 0 };
      multiplyConjugated(reference.spectrum, own, product);
      fft.invert(product.real, product.imaginary, correlations);
      const least = largestOf(correlations, steps) - ROUNDING * norm;
      let best = Number.NEGATIVE_INFINITY;
      let shift = 0;
      for (let tried = 1 - steps; tried < steps; tried++) {
        if (correlations[tried < 0 ? tried + fft.size : tried]! < least) continue;
        const correlation = correlate(series, start, reference.values, steps, channels, tried);
        if (correlation <= best) continue;
        best = correlation;
        shift = tried;
      }
      return { distance: 1 - best / norm, shift };
    },
  };
}

/** Part of the norm by which correlations may differ from what they are; of transforms it is some 1e-15. */
const ROUNDING = 1e-11;

interface Spectrum {
  readonly real: Float64Array; // (channels, bins)
  readonly imaginary: Float64Array; // (channels, bins)
}

function createSpectrum(bins: number, channels: number): Spectrum {
  return { real: new Float64Array(channels * bins), imaginary: new Float64Array(channels * bins) };
}

/** Of each bin the sum over channels of a · b*. */
function multiplyConjugated(a: Spectrum, b: Spectrum, { real, imaginary }: Spectrum): void {
  real.fill(0);
  imaginary.fill(0);
  for (let at = 0; at < a.real.length; ) {
    for (let bin = 0; bin < real.length; bin++, at++) {
      real[bin]! += a.real[at]! * b.real[at]! + a.imaginary[at]! * b.imaginary[at]!;
      imaginary[bin]! += a.imaginary[at]! * b.real[at]! - a.real[at]! * b.imaginary[at]!;
    }
  }
}

function squaredLength(values: ArrayLike<number>, offset: number, cells: number): number {
  let sum = 0;
  for (let at = offset; at < offset + cells; at++) sum += values[at]! ** 2;
  return sum;
}

/** Sum of products of a series, shifted, with a reference. */
function correlate(
  series: ArrayLike<number>,
  offset: number,
  reference: ArrayLike<number>,
  steps: number,
  channels: number,
  shift: number,
): number {
  const from = Math.max(0, -shift) * channels;
  const end = Math.min(steps, steps - shift) * channels;
  let sum = 0;
  for (let at = from, to = from + shift * channels; at < end; at++, to++) sum += series[offset + at]! * reference[to]!;
  return sum;
}

/** Of the correlations at shifts by fewer than `steps` either way; those below zero are at the end. */
function largestOf(correlations: Float64Array, steps: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < correlations.length; at++) {
    if (at >= steps && at <= correlations.length - steps) continue;
    if (correlations[at]! > largest) largest = correlations[at]!;
  }
  return largest;
}

function matchPlainly(references: Float64Array, steps: number, channels: number): ShapeMatcher {
  const cells = steps * channels;
  let series: ArrayLike<number> = [];
  let start = 0;
  return {
    load: (values, offset) => {
      series = values;
      start = offset;
    },
    match: (j) => matchShape(series, start, references.subarray(j * cells, (j + 1) * cells), steps, channels),
  };
}
