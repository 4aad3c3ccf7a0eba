import { SegtideError } from '../../../../errors.js';
import type { FloatArray, FloatBuffer, LayerSpec, RecurrentLayer } from '../../recurrent-engine.js';
import {
  checkProduct,
  checkRows,
  checkSpec,
  checkTraining,
  checkWeights,
  type KernelEngine,
  LAYER_BUFFERS,
  type LayerBuffers,
  measurePeak,
  toFlags,
} from '../kernel-engine.js';
import { loadNativeAddon, type NativeAddon, type NativeHandle } from './native-addon.js';
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

type Float32Buffer = FloatBuffer & { readonly values: Float32Array };

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
  const addon = options.addon ?? requireAddon();
  const handle = new addon.NativeEngine(threads, LANES[instructions]);
  return {
    name: 'native',
    description: `${handle.instructions}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    precision: 'float32',
    allocate: (length) => ({ length, values: handle.allocate(length) }),
    createLayer: (spec) => createNativeLayer(handle, spec),
    multiply: (product) => {
      checkProduct(product);
      const { a, b, out, m, n, inner } = product;
      handle.multiply(toArray(a), toArray(b), toArray(out), m, n, inner, toFlags(product));
    },
    squaredDistances: ({ points, centroids, out, rows, count, size }) => {
      checkProduct({ a: points, b: centroids, out, m: rows, n: count, inner: size });
      handle.squaredDistances(toArray(points), toArray(centroids), toArray(out), rows, count, size);
    },
    createRandomKernels: (kernels) => createNativeRandomKernels(addon, LANES[instructions], kernels),
    measurePeak: (seconds) => measurePeak((loops) => handle.peak(loops), seconds),
    dispose: () => handle.dispose(),
  };
}

function requireAddon(): NativeAddon {
  const found = loadNativeAddon();
  if (!found.available) throw new SegtideError('config', `the native engine is not there: ${found.reason}`);
  return found.addon;
}

function toArray(buffer: FloatBuffer): Float32Array {
  return buffer.values as Float32Array;
}

function createNativeLayer(handle: NativeHandle, spec: LayerSpec): RecurrentLayer {
  checkSpec(spec);
  const { cell, steps, inputs, hidden, rows, training, outputs, inputGradients = false } = spec;
  const layer = handle.createLayer(
    cell === 'gru',
    steps,
    inputs,
    hidden,
    rows,
    training,
    outputs === 'all',
    inputGradients,
  );
  const arrays = handle.layerBuffers(layer);
  const buffers = Object.fromEntries(
    LAYER_BUFFERS.map((name, i): [string, Float32Buffer] => [name, { length: arrays[i]!.length, values: arrays[i]! }]),
  ) as unknown as LayerBuffers;
  let single: Float32Array | undefined;
  return {
    spec,
    ...buffers,
    load(weights: FloatArray) {
      checkWeights(weights.length, spec);
      if (weights instanceof Float32Array) return handle.load(layer, weights);
      single ??= new Float32Array(weights.length);
      single.set(weights);
      handle.load(layer, single);
    },
    forward(count) {
      checkRows(count, spec);
      handle.forward(layer, count);
    },
    backward(count) {
      checkRows(count, spec);
      checkTraining(spec);
      handle.backward(layer, count);
    },
  };
}
