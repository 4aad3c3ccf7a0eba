import { SegtideError } from '../../errors.js';
import { createRandom, type Random } from '../../numeric/random.js';
import type { SeriesBatch } from '../../series/series-batch.js';
import { createDilatedConvolution } from './dilated-convolution.js';
import { KERNELS, TAPS } from './kernel-taps.js';

/** Fitted random kernels: 84 of nine taps at each dilation, with the biases that their convolutions are held against. */
export interface RandomKernels {
  readonly steps: number;
  readonly channels: number;
  /** Steps between two taps. */
  readonly dilations: Int32Array; // (dilations)
  /** How many biases, which are as many features, a kernel has at each dilation. */
  readonly biasCounts: Int32Array; // (dilations)
  /** 1 where a kernel sums a channel at a dilation. */
  readonly subsets: Uint8Array; // (dilations, 84, channels)
  /** By dilation, kernel and number; feature i belongs to bias i. */
  readonly biases: Float32Array; // (features)
}

export interface RandomKernelOptions {
  /** How many features, from 84 to 20,000; rounded down to a multiple of 84. Time goes with it. @default 420 */
  readonly features?: number;
  /** Any integer: which windows give the biases, and which channels are summed. */
  readonly seed: number;
}

/** Windows to fit to, without gaps. */
export type RandomKernelWindows = Pick<SeriesBatch, 'length' | 'steps' | 'channels' | 'values'>;

const DEFAULT_FEATURES = 420;
const MOST_FEATURES = 20_000;
const MOST_DILATIONS = 32;
/** Most channels that one kernel sums. */
const MOST_CHANNELS = 9;
const GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

/**
 * Fits the kernels of MiniRocket (Dempster, Schmidt & Webb, 2021, https://doi.org/10.1145/3447548.3467231), without
 * labels, as R-Clustering does (Marco-Blanco & Cuevas, 2024): dilations spread exponentially up to an eighth of the
 * window, and biases that are quantiles, spread evenly, of a kernel's convolution with one of the windows, drawn at
 * random. Windows of fewer than nine steps have one dilation.
 *
 * @throws SegtideError `config` when an option is out of range, `encoder` when there is no window.
 */
export function fitRandomKernels(windows: RandomKernelWindows, options: RandomKernelOptions): RandomKernels {
  const { features = DEFAULT_FEATURES, seed } = options;
  if (!Number.isInteger(features) || features < KERNELS || features > MOST_FEATURES) {
    const range = `a whole number from ${KERNELS} to ${MOST_FEATURES}`;
    throw new SegtideError('config', `features of the random kernels must be ${range}; got ${features}`);
  }
  const { length, steps, channels } = windows;
  if (length === 0) throw new SegtideError('encoder', 'Random kernels need a window to be fitted to, got none.');
  const random = createRandom(seed);
  const { dilations, biasCounts } = spreadDilations(steps, Math.floor(features / KERNELS));
  const subsets = drawSubsets(dilations.length * KERNELS, channels, random);
  const unbiased = { steps, channels, dilations, biasCounts, subsets };
  return { ...unbiased, biases: fitBiases(windows, unbiased, random) };
}

/** Dilations spread evenly on a logarithmic scale, rounded down, and how many of `count` fell on each. */
function spreadDilations(steps: number, count: number): Pick<RandomKernels, 'dilations' | 'biasCounts'> {
  const points = Math.min(count, MOST_DILATIONS);
  const largest = Math.max(1, (steps - 1) / (TAPS - 1));
  const counts = new Map<number, number>();
  for (let i = 0; i < points; i++) {
    // A power that is a whole number may come out just below it.
    const dilation = Math.floor(largest ** (i / Math.max(1, points - 1)) + 1e-9);
    counts.set(dilation, (counts.get(dilation) ?? 0) + 1);
  }
  const biasCounts = Int32Array.from(counts.values(), (fallen) => Math.floor((fallen * count) / points));
  const left = count - biasCounts.reduce((sum, fallen) => sum + fallen, 0);
  for (let i = 0; i < left; i++) biasCounts[i % biasCounts.length]!++;
  return { dilations: Int32Array.from(counts.keys()), biasCounts };
}

/** Channels for each of `count` kernels: one to nine, few more often than many, any with the same probability. */
function drawSubsets(count: number, channels: number, random: Random): Uint8Array {
  const subsets = new Uint8Array(count * channels);
  const most = Math.min(channels, MOST_CHANNELS);
  for (let at = 0; at < subsets.length; at += channels) {
    const size = Math.min(most, Math.floor((most + 1) ** random.next()));
    for (let drawn = 0; drawn < size; ) {
      const channel = at + random.below(channels);
      drawn += 1 - subsets[channel]!;
      subsets[channel] = 1;
    }
  }
  return subsets;
}

function fitBiases(windows: RandomKernelWindows, kernels: Omit<RandomKernels, 'biases'>, random: Random): Float32Array {
  const { length, steps, channels, values } = windows;
  const { dilations, biasCounts, subsets } = kernels;
  const convolution = createDilatedConvolution(steps, channels, Math.max(...dilations));
  const convolved = new Float32Array(steps);
  const biases: number[] = [];
  for (const [i, dilation] of dilations.entries()) {
    for (let kernel = 0; kernel < KERNELS; kernel++) {
      const at = random.below(length) * steps * channels;
      convolution.load(values, at, subsets, (i * KERNELS + kernel) * channels, dilation);
      convolution.convolve(kernel, convolved);
      convolved.sort();
      for (let n = 0; n < biasCounts[i]!; n++) {
        // Multiples of the golden ratio leave no part of [0, 1) empty for long.
        biases.push(quantile(convolved, ((biases.length + 1) * GOLDEN_RATIO) % 1));
      }
    }
  }
  return Float32Array.from(biases);
}

/** Interpolated between the two nearest of sorted values. */
function quantile(sorted: Float32Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  return low + (sorted[Math.min(below + 1, sorted.length - 1)]! - low) * (position - below);
}
