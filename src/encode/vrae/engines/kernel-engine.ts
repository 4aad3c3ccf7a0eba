import { SegtideError } from '../../../errors.js';
import type { RandomKernelEngine } from '../../views/random-kernel-engine.js';
import {
  type FloatBuffer,
  type LayerSpec,
  layerWeightCount,
  type MatrixProduct,
  type RecurrentEngine,
} from '../recurrent-engine.js';

/** The version of the kernel's source that this code speaks to; it is that of kernel/Cargo.toml. */
export const KERNEL_VERSION = '0.2.0';

/** What the engines over the kernel do beyond the port. */
export interface KernelEngine extends RecurrentEngine {
  readonly createRandomKernels: RandomKernelEngine['createRandomKernels'];
  /** Squared Euclidean distances of all points from all centroids. */
  squaredDistances(task: DistanceTask): void;
  /** Floating-point operations per second of multiplications and additions in registers alone, on one thread. */
  measurePeak(seconds: number): number;
}

export interface DistanceTask {
  readonly points: FloatBuffer; // (rows, size)
  readonly centroids: FloatBuffer; // (count, size)
  readonly out: FloatBuffer; // (rows, count)
  readonly rows: number;
  readonly count: number;
  readonly size: number;
}

/** The buffers of a layer, in the order in which the kernel counts them. */
export const LAYER_BUFFERS = [
  'inputs',
  'initialHidden',
  'initialCell',
  'outputs',
  'finalCell',
  'outputGradients',
  'weightGradients',
  'initialHiddenGradients',
  'inputGradients',
] as const;

export type LayerBuffers = Readonly<Record<(typeof LAYER_BUFFERS)[number], FloatBuffer>>;

/** @throws SegtideError `config` when a size is not a whole number in range. */
export function checkSpec(spec: LayerSpec): void {
  for (const [name, least] of [
    ['steps', 1],
    ['inputs', 0],
    ['hidden', 1],
    ['rows', 1],
  ] as const) {
    const value = spec[name];
    if (Number.isInteger(value) && value >= least && value < 2 ** 31) continue;
    throw new SegtideError('config', `${name} of a recurrent layer must be a whole number from ${least}; got ${value}`);
  }
}

/** @throws SegtideError `encoder` when a call has more rows than its layer was made for. */
export function checkRows(rows: number, { rows: capacity }: LayerSpec): void {
  if (Number.isInteger(rows) && rows >= 0 && rows <= capacity) return;
  throw new SegtideError('encoder', `a layer for ${capacity} rows was called with ${rows}`);
}

/** @throws SegtideError `encoder` when a layer that was made for inference is asked to go back. */
export function checkTraining({ training }: LayerSpec): void {
  if (!training) throw new SegtideError('encoder', 'backward needs a layer that was made for training');
}

/** @throws SegtideError `encoder` when weights are not as many as the layer has. */
export function checkWeights(length: number, spec: LayerSpec): void {
  const wanted = layerWeightCount(spec);
  if (length !== wanted) throw new SegtideError('encoder', `the layer has ${wanted} weights; got ${length}`);
}

/** @throws SegtideError `encoder` when a buffer is smaller than a product says. */
export function checkProduct({ a, b, out, m, n, inner }: MatrixProduct): void {
  if (a.length >= m * inner && b.length >= inner * n && out.length >= m * n) return;
  throw new SegtideError(
    'encoder',
    `a product of (${m}, ${inner}) and (${inner}, ${n}) does not fit buffers of ${a.length}, ${b.length} and ${out.length}`,
  );
}

/** 1 transposes the left factor, 2 the right one, 4 accumulates. */
export function toFlags({ transposeA = false, transposeB = false, accumulate = false }: MatrixProduct): number {
  return (transposeA ? 1 : 0) | (transposeB ? 2 : 0) | (accumulate ? 4 : 0);
}

/** Runs rounds of operations in registers for about so many seconds, and returns operations per second. */
export function measurePeak(run: (loops: number) => number, seconds: number): number {
  const loops = 100_000;
  let best = 0;
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const start = performance.now();
    best = Math.max(best, run(loops) / ((performance.now() - start) / 1000));
  }
  return best;
}
