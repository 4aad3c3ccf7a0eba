import { SegtideError } from '../../../../errors.js';
import type { FloatBuffer } from '../../recurrent-engine.js';
import type { KernelBinding } from '../kernel-binding.js';
import { createKernelEngine, type KernelEngine, LAYER_BUFFERS } from '../kernel-engine.js';
import { createWasmComponents } from './wasm-components.js';
import {
  bestInstructions,
  createWasmLayer,
  instantiateKernel,
  made,
  type WasmInstructions,
  type WasmKernel,
} from './wasm-module.js';
import { createWasmNearest } from './wasm-nearest.js';
import { createWasmRandomKernels } from './wasm-random-kernels.js';
import { createWasmWarping } from './wasm-warping.js';

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
  const description = instructions === 'relaxed' ? 'relaxed SIMD' : 'SIMD128';
  return createKernelEngine('wasm', description, toBinding(instantiate(instructions)), isWasm);
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
  readonly #memory: () => ArrayBuffer;
  #values: Float32Array | undefined;

  constructor(memory: () => ArrayBuffer, address: number, length: number) {
    this.#memory = memory;
    this.address = address;
    this.length = length;
  }

  get values(): Float32Array {
    const memory = this.#memory();
    if (this.#values?.buffer === memory) return this.#values;
    this.#values = new Float32Array(memory, this.address, this.length);
    return this.#values;
  }
}

function isWasm(buffer: FloatBuffer): buffer is WasmBuffer {
  return buffer instanceof WasmBuffer;
}

function toBinding(instance: WasmKernel): KernelBinding<WasmBuffer> {
  // Forgotten on dispose: nothing else frees an instance's memory.
  let kernel: WasmKernel | undefined = instance;
  const running = (): WasmKernel => {
    if (kernel === undefined) throw new SegtideError('encoder', 'the engine has been disposed of');
    return kernel;
  };
  const memory = (): ArrayBuffer => running().memory.buffer;
  const staged = new Map<number, WasmBuffer>();
  const allocate = (length: number): WasmBuffer => new WasmBuffer(memory, made(running().allocate(length)), length);
  return {
    allocate,
    createLayer: (spec) => made(createWasmLayer(running(), spec)),
    layerBuffers: (layer) =>
      LAYER_BUFFERS.map((_, i) => {
        const address = made(running().layer_buffer(layer, i));
        return new WasmBuffer(memory, address, running().layer_buffer_length(layer, i));
      }),
    load: (layer, weights) => {
      const place = staged.get(layer) ?? allocate(weights.length);
      staged.set(layer, place);
      place.values.set(weights);
      running().load(layer, place.address, weights.length);
    },
    forward: (layer, rows) => running().forward(layer, rows),
    backward: (layer, rows) => running().backward(layer, rows),
    multiply: (a, b, out, m, n, inner, flags) =>
      made(running().multiply(a.address, b.address, out.address, m, n, inner, flags)),
    squaredDistances: (points, centroids, out, rows, count, size) =>
      made(running().squared_distances(points.address, centroids.address, out.address, rows, count, size)),
    assignNearest: createWasmNearest(running),
    warp: createWasmWarping(running),
    ...createWasmComponents(running),
    createRandomKernels: (kernels) => createWasmRandomKernels(running, kernels),
    operate: (...task) => operate(running(), ...task),
    peak: (loops) => running().peak(loops),
    dispose: () => {
      kernel = undefined;
    },
  };
}

function operate(
  kernel: WasmKernel,
  operation: number,
  operands: readonly WasmBuffer[],
  sizes: readonly number[],
  numbers: readonly number[],
): number {
  const at = (i: number): number => operands[i]?.address ?? 0;
  const size = (i: number): number => sizes[i] ?? 0;
  const number = (i: number): number => numbers[i] ?? 0;
  const result = kernel.operate(
    operation,
    ...([at(0), at(1), at(2), at(3), at(4), at(5)] as const),
    ...([size(0), size(1), size(2), size(3), size(4), size(5), size(6)] as const),
    ...([number(0), number(1), number(2)] as const),
  );
  made(result === -1 ? 0 : 1);
  return result;
}
