import { SegtideError } from '../../../../errors.js';
import { type NearestTask, sharpnessOf } from '../../../../numeric/nearest-engine.js';
import type { WarpingTask } from '../../../../numeric/warping-engine.js';
import type { FloatBuffer } from '../../recurrent-engine.js';
import type { KernelBinding } from '../kernel-binding.js';
import { createKernelEngine, type KernelEngine } from '../kernel-engine.js';
import { loadNativeAddon, type NativeAddon, type NativeHandle, type NativeMemory } from './native-addon.js';
import { createNativeComponents } from './native-components.js';
import { createNativeRandomKernels } from './native-random-kernels.js';

export interface NativeEngineOptions {
  /** Threads that a call may use; small calls use one. Results do not depend on it. @default 1 */
  readonly threads?: number;
  /** The widest instructions to use, where the processor has them; baseline is SSE2 or NEON. @default 'avx512' */
  readonly instructions?: NativeInstructions;
  /** Another build of the addon. @default what is found */
  readonly addon?: NativeAddon;
}

export type NativeInstructions = 'avx512' | 'avx2' | 'baseline';

/** Floats of the widest vector that each allows. */
const LANES = { avx512: 16, avx2: 8, baseline: 4 } as const;
const MOST_THREADS = 256;

/**
 * Makes the engine that runs the kernel as a Node addon. Its buffers are memory of the addon that JavaScript sees without
 * a copy; calls block until they are done.
 *
 * @throws SegtideError `config` when the addon does not load here, with the reason.
 */
export function createNativeEngine(options: NativeEngineOptions = {}): KernelEngine {
  const { threads = 1, instructions = 'avx512' } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new SegtideError('config', `threads must be a whole number from 1 to ${MOST_THREADS}; got ${threads}`);
  }
  const handle = createHandle(options.addon ?? requireAddon(), threads, LANES[instructions]);
  const description = `${handle.instructions}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return createKernelEngine('native', description, toBinding(handle), isNative);
}

function requireAddon(): NativeAddon {
  const found = loadNativeAddon();
  if (!found.available) throw new SegtideError('config', `the native engine is not there: ${found.reason}`);
  return found.addon;
}

function createHandle(addon: NativeAddon, threads: number, lanes: number): NativeHandle {
  try {
    return new addon.NativeEngine(threads, lanes);
  } catch (cause) {
    throw new SegtideError('config', `the native engine does not start: ${(cause as Error).message}`, { cause });
  }
}

/** Memory of the addon, with the array through which JavaScript sees it. */
class NativeBuffer implements FloatBuffer {
  readonly memory: NativeMemory;
  readonly values: Float32Array;
  readonly length: number;

  constructor(memory: NativeMemory) {
    this.memory = memory;
    this.values = memory.view();
    this.length = this.values.length;
  }
}

function isNative(buffer: FloatBuffer): buffer is NativeBuffer {
  return buffer instanceof NativeBuffer;
}

function toBinding(handle: NativeHandle): KernelBinding<NativeBuffer> {
  return {
    allocate: (length) => new NativeBuffer(handle.allocate(length)),
    createLayer: ({ cell, steps, inputs, hidden, rows, training, outputs, inputGradients = false }) =>
      handle.createLayer(cell === 'gru', steps, inputs, hidden, rows, training, outputs === 'all', inputGradients),
    layerBuffers: (layer) => handle.layerBuffers(layer).map((memory) => new NativeBuffer(memory)),
    load: (layer, weights) => handle.load(layer, weights),
    forward: (layer, rows) => handle.forward(layer, rows),
    backward: (layer, rows) => handle.backward(layer, rows),
    multiply: (a, b, out, m, n, inner, flags) => handle.multiply(a.memory, b.memory, out.memory, m, n, inner, flags),
    squaredDistances: (points, centroids, out, rows, count, size) =>
      handle.squaredDistances(points.memory, centroids.memory, out.memory, rows, count, size),
    assignNearest: (task) => assignNearest(handle, task),
    warp: (task) => warp(handle, task),
    ...createNativeComponents(handle),
    createRandomKernels: (kernels) => createNativeRandomKernels(handle, kernels),
    operate: (...task) => operate(handle, ...task),
    peak: (loops) => handle.peak(loops),
    dispose: () => handle.dispose(),
  };
}

function operate(
  handle: NativeHandle,
  operation: number,
  operands: readonly NativeBuffer[],
  sizes: readonly number[],
  numbers: readonly number[],
): number {
  // The kernel ignores what an operation does not have.
  const at = (i: number): NativeMemory => (operands[i] ?? operands[0]!).memory;
  const size = (i: number): number => sizes[i] ?? 0;
  const number = (i: number): number => numbers[i] ?? 0;
  return handle.operate(
    operation,
    ...([at(0), at(1), at(2), at(3), at(4), at(5)] as const),
    ...([size(0), size(1), size(2), size(3), size(4), size(5), size(6)] as const),
    ...([number(0), number(1), number(2)] as const),
  );
}

function assignNearest(handle: NativeHandle, task: NearestTask): void {
  const { points, centroids, count, size, nearest, distances, margins, confidences } = task;
  handle.assignNearest(
    ...([points, centroids, count, size, sharpnessOf(task), nearest, distances, margins, confidences] as const),
  );
}

function warp(handle: NativeHandle, { series, references, steps, channels, band, squared }: WarpingTask): void {
  const cells = steps * channels;
  const [rows, count] = [series.length / cells, references.length / cells];
  handle.warp(series, references, rows, count, steps, channels, band, squared);
}
