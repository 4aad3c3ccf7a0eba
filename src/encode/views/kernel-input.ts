import type { WindowShape } from './restore-usage.js';
import { writeShapes, writeSizes } from './scaled-windows.js';
import type { ViewKind } from './view-kind.js';

/** The views by random kernels. */
export type KernelViewKind = Extract<ViewKind, `${string}kernels`>;

export function isKernelView(kind: ViewKind): kind is KernelViewKind {
  return kind.endsWith('kernels');
}

/**
 * Writes windows as a view's random kernels take them.
 *
 * @param sizes usual size of each channel
 * @param usage (rows, steps, channels)
 * @param out (rows, steps, channels)
 */
export function writeKernelInput(
  kind: KernelViewKind,
  shape: WindowShape,
  sizes: readonly number[],
  usage: Float32Array,
  rows: number,
  out: Float32Array,
): void {
  const { steps, channels } = shape;
  const isLog = kind.startsWith('log');
  if (isLog) writeLogarithms(usage, rows * steps * channels, out);
  const input = isLog ? out : usage;
  if (kind.endsWith('shape-kernels')) writeShapes(shape, input, rows, out);
  // Logarithms of all channels are of one size.
  else writeSizes(shape, isLog ? sizes.map(() => 1) : sizes, input, rows, out);
}

function writeLogarithms(usage: Float32Array, length: number, out: Float32Array): void {
  for (let i = 0; i < length; i++) {
    const value = usage[i]!;
    out[i] = value < 0 ? -Math.log1p(-value) : Math.log1p(value);
  }
}
