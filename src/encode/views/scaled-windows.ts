import type { WindowShape } from './restore-usage.js';

/** Writes each channel of each window over its own maximum; from its minimum where that is negative. All in [0, 1]. */
export function writeProfiles(
  { steps, channels }: WindowShape,
  usage: Float32Array,
  rows: number,
  out: Float32Array,
): void {
  forEachChannel(steps, channels, rows, (first, end) => {
    let least = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let p = first; p < end; p += channels) {
      const value = usage[p]!;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    const factor = most > least ? 1 / (most - least) : 0;
    for (let p = first; p < end; p += channels) out[p] = Math.min(1, (usage[p]! - least) * factor);
  });
}

/**
 * Writes windows as random kernels take them for their shape: each channel with mean 0 and standard deviation 1, zeros
 * for a constant one.
 */
export function writeShapes(
  { steps, channels }: WindowShape,
  usage: Float32Array,
  rows: number,
  out: Float32Array,
): void {
  forEachChannel(steps, channels, rows, (first, end) => {
    let sum = 0;
    for (let p = first; p < end; p += channels) sum += usage[p]!;
    const mean = sum / steps;
    let squares = 0;
    for (let p = first; p < end; p += channels) squares += (usage[p]! - mean) ** 2;
    const deviation = Math.sqrt(squares / steps);
    const factor = deviation > ROUNDING * Math.abs(mean) ? 1 / deviation : 0;
    for (let p = first; p < end; p += channels) out[p] = (usage[p]! - mean) * factor;
  });
  roundToGrid(steps * channels, rows, out);
}

/**
 * Writes windows as random kernels take them for their usage: each channel in units of about its usual size, so that
 * none drowns the others.
 *
 * @param sizes (channels)
 */
export function writeSizes(
  { steps, channels }: WindowShape,
  sizes: readonly number[],
  usage: Float32Array,
  rows: number,
  out: Float32Array,
): void {
  // Powers of two, which leave whole numbers on a grid.
  const factors = sizes.map((size) => 2 ** -Math.round(Math.log2(size)));
  for (let i = 0, channel = 0; i < rows * steps * channels; i++) {
    const value = usage[i]! * factors[channel]!;
    out[i] = value > MOST_SIZE ? MOST_SIZE : value < -MOST_SIZE ? -MOST_SIZE : value;
    if (++channel === channels) channel = 0;
  }
  roundToGrid(steps * channels, rows, out);
}

/** A spread below this part of the mean is rounding. */
const ROUNDING = 2 ** -20;

const MOST_SIZE = 1e30;

const GRID_BITS = 15;

/**
 * Rounds each window to 15 bits below its largest value. Convolutions with random kernels are then sums without rounding:
 * equal values cancel to exactly zero, and what ties with a bias does so on every machine.
 */
function roundToGrid(cells: number, rows: number, values: Float32Array): void {
  for (let at = 0; at < rows * cells; at += cells) {
    let most = 0;
    for (let i = at; i < at + cells; i++) {
      const size = Math.abs(values[i]!);
      if (size > most) most = size;
    }
    if (most === 0) continue;
    const grid = 2 ** (Math.ceil(Math.log2(most)) - GRID_BITS);
    const perGrid = 1 / grid;
    for (let i = at; i < at + cells; i++) values[i] = Math.round(values[i]! * perGrid) * grid;
  }
}

/** Calls back with the first cell of a channel of a window, and the end of the window. */
function forEachChannel(
  steps: number,
  channels: number,
  rows: number,
  write: (first: number, end: number) => void,
): void {
  const cells = steps * channels;
  for (let at = 0; at < rows * cells; at += cells) {
    for (let channel = 0; channel < channels; channel++) write(at + channel, at + cells);
  }
}
