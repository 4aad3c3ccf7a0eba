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
import {
  bestInstructions,
  createWasmLayer,
  instantiateKernel,
  type WasmInstructions,
  type WasmKernel,
} from './wasm-module.js';
import { createWasmRandomKernels } from './wasm-random-kernels.js';

export interface WasmEngineOptions {
  /** @default relaxed SIMD where the JavaScript engine has it */
  readonly instructions?: WasmInstructions;
}

/**
 * Makes the engine that runs the kernel as WebAssembly, on one thread, in an instance and memory of its own.
 *
 * @throws SegtideError `config` when the JavaScript engine does not take the module.
 */
export function createWasmEngine({ instructions = bestInstructions() }: WasmEngineOptions = {}): KernelEngine {
  // Forgotten on dispose: nothing else frees an instance's memory.
  let kernel: WasmKernel | undefined = instantiate(instructions);
  const running = (): WasmKernel => {
    if (kernel === undefined) throw new SegtideError('encoder', 'the engine has been disposed of');
    return kernel;
  };
  return {
    name: 'wasm',
    description: instructions === 'relaxed' ? 'relaxed SIMD' : 'SIMD128',
    precision: 'float32',
    allocate: (length) => new WasmBuffer(running, running().allocate(length), length),
    createLayer: (spec) => createLayer(running, spec),
    multiply: (product) => {
      checkProduct(product);
      const { a, b, out, m, n, inner } = product;
      running().multiply(addressOf(a), addressOf(b), addressOf(out), m, n, inner, toFlags(product));
    },
    squaredDistances: ({ points, centroids, out, rows, count, size }) => {
      checkProduct({ a: points, b: centroids, out, m: rows, n: count, inner: size });
      running().squared_distances(addressOf(points), addressOf(centroids), addressOf(out), rows, count, size);
    },
    createRandomKernels: (kernels) => createWasmRandomKernels(running, kernels),
    measurePeak: (seconds) => measurePeak((loops) => running().peak(loops), seconds),
    dispose: () => {
      kernel = undefined;
    },
  };
}

function instantiate(instructions: WasmInstructions): WasmKernel {
  try {
    return instantiateKernel(instructions);
  } catch (cause) {
    throw new SegtideError('config', `the WebAssembly kernel does not start: ${(cause as Error).message}`, { cause });
  }
}

/** Part of an instance's memory, seen anew whenever the memory has moved. */
class WasmBuffer implements FloatBuffer {
  readonly length: number;
  readonly address: number;
  readonly #running: () => WasmKernel;
  #values: Float32Array | undefined;

  constructor(running: () => WasmKernel, address: number, length: number) {
    this.#running = running;
    this.address = address;
    this.length = length;
  }

  get values(): Float32Array {
    const { buffer } = this.#running().memory;
    if (this.#values?.buffer === buffer) return this.#values;
    this.#values = new Float32Array(buffer, this.address, this.length);
    return this.#values;
  }
}

function addressOf(buffer: FloatBuffer): number {
  if (buffer instanceof WasmBuffer) return buffer.address;
  throw new SegtideError('encoder', 'a product takes buffers that its engine allocated');
}

function createLayer(running: () => WasmKernel, spec: LayerSpec): RecurrentLayer {
  checkSpec(spec);
  const layer = createWasmLayer(running(), spec);
  const buffers = Object.fromEntries(
    LAYER_BUFFERS.map((name, i) => [
      name,
      new WasmBuffer(running, running().layer_buffer(layer, i), running().layer_buffer_length(layer, i)),
    ]),
  ) as unknown as LayerBuffers;
  let staged: WasmBuffer | undefined;
  return {
    spec,
    ...buffers,
    load(weights: FloatArray) {
      checkWeights(weights.length, spec);
      staged ??= new WasmBuffer(running, running().allocate(weights.length), weights.length);
      staged.values.set(weights);
      running().load(layer, staged.address, weights.length);
    },
    forward(rows) {
      checkRows(rows, spec);
      running().forward(layer, rows);
    },
    backward(rows) {
      checkRows(rows, spec);
      checkTraining(spec);
      running().backward(layer, rows);
    },
  };
}
