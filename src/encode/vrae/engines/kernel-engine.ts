import { SegtideError } from '../../../errors.js';
import type { ComponentEngine } from '../../../numeric/component-engine.js';
import type { NearestEngine, NearestTask } from '../../../numeric/nearest-engine.js';
import type { WarpingEngine, WarpingTask } from '../../../numeric/warping-engine.js';
import type { RandomKernelEngine } from '../../views/random-kernel-engine.js';
import {
  type EngineName,
  type FloatArray,
  type FloatBuffer,
  type LayerSpec,
  layerWeightCount,
  type MatrixProduct,
  type RecurrentEngine,
  type RecurrentLayer,
} from '../recurrent-engine.js';
import { checkComponents } from './check-components.js';
import { guardBinding, type KernelBinding } from './kernel-binding.js';
import { createKernelOperations, packedLength } from './kernel-operations.js';

/** The version of the kernel's source that this code speaks to; it is that of kernel/Cargo.toml. */
export const KERNEL_VERSION = '0.8.0';

/** What the engines over the kernel do beyond the port. */
export interface KernelEngine extends RecurrentEngine, ComponentEngine {
  readonly createRandomKernels: RandomKernelEngine['createRandomKernels'];
  readonly assignNearest: NearestEngine['assignNearest'];
  readonly warp: WarpingEngine['warp'];
  readonly addColumns: ComponentEngine['addColumns'];
  readonly addScatter: ComponentEngine['addScatter'];
  readonly leadingEigenpairs: ComponentEngine['leadingEigenpairs'];
  readonly project: ComponentEngine['project'];
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

type LayerBuffers = Readonly<Record<(typeof LAYER_BUFFERS)[number], FloatBuffer>>;

/**
 * Makes an engine of a build of the kernel: checks what it is called with, and tells as `SegtideError` what fails in it.
 *
 * @param owns whether a buffer is one of this kernel's
 */
export function createKernelEngine<B extends FloatBuffer>(
  name: EngineName,
  description: string,
  binding: KernelBinding<B>,
  owns: (buffer: FloatBuffer) => buffer is B,
): KernelEngine {
  const kernel = guardBinding(name, binding);
  const own = (buffer: FloatBuffer): B => {
    if (owns(buffer)) return buffer;
    throw new SegtideError('encoder', 'a product takes buffers that its engine allocated');
  };
  return {
    name,
    description,
    precision: 'float32',
    allocate: kernel.allocate,
    createLayer: (spec) => createKernelLayer(kernel, spec),
    multiply: (product) => {
      checkProduct(product);
      const { a, b, packed = b, out, m, n, inner } = product;
      kernel.multiply(own(a), own(packed), own(out), m, n, inner, toFlags(product));
    },
    squaredDistances: ({ points, centroids, out, rows, count, size }) => {
      checkProduct({ a: points, b: centroids, out, m: rows, n: count, inner: size });
      kernel.squaredDistances(own(points), own(centroids), own(out), rows, count, size);
    },
    createRandomKernels: kernel.createRandomKernels,
    assignNearest: (task) => {
      checkNearest(task);
      kernel.assignNearest(task);
    },
    warp: (task) => {
      checkWarping(task);
      kernel.warp(task);
    },
    operations: createKernelOperations(kernel, own),
    ...checkComponents(kernel),
    measurePeak: (seconds) => measurePeak(kernel.peak, seconds),
    dispose: kernel.dispose,
  };
}

function createKernelLayer<B extends FloatBuffer>(kernel: KernelBinding<B>, spec: LayerSpec): RecurrentLayer {
  checkSpec(spec);
  const layer = kernel.createLayer(spec);
  const own = kernel.layerBuffers(layer);
  const buffers = Object.fromEntries(LAYER_BUFFERS.map((name, i) => [name, own[i]!])) as unknown as LayerBuffers;
  let single: Float32Array | undefined;
  return {
    spec,
    ...buffers,
    load(weights: FloatArray) {
      checkWeights(weights.length, spec);
      if (weights instanceof Float32Array) return kernel.load(layer, weights);
      single ??= new Float32Array(weights.length);
      single.set(weights);
      kernel.load(layer, single);
    },
    forward(rows) {
      checkRows(rows, spec);
      kernel.forward(layer, rows);
    },
    backward(rows) {
      checkRows(rows, spec);
      if (!spec.training) throw new SegtideError('encoder', 'backward needs a layer that was made for training');
      kernel.backward(layer, rows);
    },
  };
}

function checkSpec(spec: LayerSpec): void {
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

function checkRows(rows: number, { rows: capacity }: LayerSpec): void {
  if (Number.isInteger(rows) && rows >= 0 && rows <= capacity) return;
  throw new SegtideError('encoder', `a layer for ${capacity} rows was called with ${rows}`);
}

function checkWeights(length: number, spec: LayerSpec): void {
  const wanted = layerWeightCount(spec);
  if (length !== wanted) throw new SegtideError('encoder', `the layer has ${wanted} weights; got ${length}`);
}

function checkProduct({ a, b, packed, out, m, n, inner, transposeA, transposeB }: MatrixProduct): void {
  if (packed !== undefined) {
    const needed = packedLength(n, inner);
    if (transposeA || !transposeB || needed === 0 || packed.length < needed) {
      throw new SegtideError('encoder', 'packed weights are those of a product that takes them transposed');
    }
  }
  if (a.length >= m * inner && b.length >= inner * n && out.length >= m * n) return;
  throw new SegtideError(
    'encoder',
    `a product of (${m}, ${inner}) and (${inner}, ${n}) does not fit buffers of ${a.length}, ${b.length} and ${out.length}`,
  );
}

function checkNearest(task: NearestTask): void {
  const { points, centroids, count, size, nearest, distances, margins, confidences } = task;
  const rows = nearest.length;
  const fits =
    count >= 1 &&
    count <= 0xffff &&
    points.length === rows * size &&
    centroids.length === count * size &&
    [distances, margins, confidences].every(({ length }) => length === rows);
  if (fits) return;
  throw new SegtideError(
    'encoder',
    `${rows} points of ${size} numbers and ${count} centroids do not fit arrays of ${points.length} and ${centroids.length} numbers and results of ${distances.length}, ${margins.length} and ${confidences.length}`,
  );
}

function checkWarping({ steps, channels, band, series, references, squared }: WarpingTask): void {
  const isWhole = (number: number, least: number) => Number.isInteger(number) && number >= least && number < 2 ** 31;
  const cells = steps * channels;
  const [rows, count] = [series.length / cells, references.length / cells];
  const fits =
    isWhole(steps, 1) &&
    isWhole(channels, 1) &&
    isWhole(band, 0) &&
    isWhole(rows, 0) &&
    isWhole(count, 0) &&
    squared.length === rows * count;
  if (fits) return;
  throw new SegtideError(
    'encoder',
    `series of ${steps} steps and ${channels} channels, warped by ${band} steps, do not fit arrays of ${series.length} and ` +
      `${references.length} numbers and ${squared.length} distances`,
  );
}

function toFlags({ transposeA = false, transposeB = false, accumulate = false, packed }: MatrixProduct): number {
  return (transposeA ? 1 : 0) | (transposeB ? 2 : 0) | (accumulate ? 4 : 0) | (packed === undefined ? 0 : 8);
}

/** Runs rounds of operations in registers for about so many seconds, and returns operations per second. */
function measurePeak(run: (loops: number) => number, seconds: number): number {
  const loops = 100_000;
  let best = 0;
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const start = performance.now();
    best = Math.max(best, run(loops) / ((performance.now() - start) / 1000));
  }
  return best;
}
