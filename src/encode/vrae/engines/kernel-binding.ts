import { SegtideError } from '../../../errors.js';
import type { ComponentEngine } from '../../../numeric/component-engine.js';
import type { NearestTask } from '../../../numeric/nearest-engine.js';
import type { WarpingTask } from '../../../numeric/warping-engine.js';
import type { RandomKernelTransform } from '../../views/random-kernel-engine.js';
import type { RandomKernels } from '../../views/random-kernels.js';
import type { FloatBuffer, LayerSpec } from '../recurrent-engine.js';
import { toKernelError } from './kernel-error.js';

/** How one build of the kernel is called. `B` is a buffer of its own; a call throws what it likes. */
export interface KernelBinding<B extends FloatBuffer> extends ComponentEngine {
  allocate(length: number): B;
  /** The number of a new layer. */
  createLayer(spec: LayerSpec): number;
  /** In the order of `LAYER_BUFFERS`. */
  layerBuffers(layer: number): readonly B[];
  load(layer: number, weights: Float32Array): void;
  forward(layer: number, rows: number): void;
  backward(layer: number, rows: number): void;
  /** `flags`: 1 transposes a, 2 transposes b, 4 accumulates, 8 takes b as packed weights. */
  multiply(a: B, b: B, out: B, m: number, n: number, inner: number, flags: number): void;
  /** Squared distances of `points` (rows, size) from `centroids` (count, size), into `out` (rows, count). */
  squaredDistances(points: B, centroids: B, out: B, rows: number, count: number, size: number): void;
  assignNearest(task: NearestTask): void;
  warp(task: WarpingTask): void;
  createRandomKernels(kernels: RandomKernels): RandomKernelTransform;
  /**
   * An operation of the kernel by its number, with what it takes of operands, sizes and numbers. Most give nothing.
   *
   * @throws RangeError where there is no memory for it
   */
  operate(operation: number, operands: readonly B[], sizes: readonly number[], numbers: readonly number[]): number;
  /** Does as many floating-point operations in registers as it returns. */
  peak(loops: number): number;
  /** Lets go of everything. */
  dispose(): void;
}

/** The same calls, whose errors are `SegtideError`; after `dispose`, or a fault in the kernel's code, there are no more. */
export function guardBinding<B extends FloatBuffer>(engine: string, binding: KernelBinding<B>): KernelBinding<B> {
  let ended: string | undefined;
  const end = (why: string): void => {
    if (ended !== undefined) return;
    ended = why;
    binding.dispose();
  };
  const guard =
    <A extends readonly unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      if (ended !== undefined) throw new SegtideError('encoder', ended);
      try {
        return call(...args);
      } catch (cause) {
        const { error, fatal } = toKernelError(engine, cause);
        if (fatal) end(error.message);
        throw error;
      }
    };
  return {
    allocate: guard(binding.allocate),
    createLayer: guard(binding.createLayer),
    layerBuffers: guard(binding.layerBuffers),
    load: guard(binding.load),
    forward: guard(binding.forward),
    backward: guard(binding.backward),
    multiply: guard(binding.multiply),
    squaredDistances: guard(binding.squaredDistances),
    assignNearest: guard(binding.assignNearest),
    warp: guard(binding.warp),
    addColumns: guard(binding.addColumns),
    addScatter: guard(binding.addScatter),
    leadingEigenpairs: guard(binding.leadingEigenpairs),
    project: guard(binding.project),
    createRandomKernels: guard((kernels) => {
      const { features, transform } = binding.createRandomKernels(kernels);
      return { features, transform: guard(transform) };
    }),
    operate: guard(binding.operate),
    peak: guard(binding.peak),
    dispose: () => end('the engine has been disposed of'),
  };
}
