import { describe, expect, it } from 'vitest';
import type { RandomKernels } from '../../../../src/encode/views/random-kernels.js';
import { guardBinding, type KernelBinding } from '../../../../src/encode/vrae/engines/kernel-binding.js';
import type { FloatBuffer } from '../../../../src/encode/vrae/recurrent-engine.js';

const NO_KERNELS: RandomKernels = {
  steps: 1,
  channels: 1,
  dilations: new Int32Array(0),
  biasCounts: new Int32Array(0),
  subsets: new Uint8Array(0),
  biases: new Float32Array(0),
};

/** A kernel each of whose calls throws, and which counts how often it was let go of. */
function failing(error: Error) {
  const state = { calls: 0, disposals: 0 };
  const fail = (): never => {
    state.calls++;
    throw error;
  };
  const binding: KernelBinding<FloatBuffer> = {
    allocate: fail,
    createLayer: fail,
    layerBuffers: fail,
    load: fail,
    forward: fail,
    backward: fail,
    multiply: fail,
    squaredDistances: fail,
    assignNearest: fail,
    warp: fail,
    addColumns: fail,
    addScatter: fail,
    leadingEigenpairs: fail,
    project: fail,
    createRandomKernels: () => ({ features: 1, transform: fail }),
    operate: fail,
    peak: fail,
    dispose: () => state.disposals++,
  };
  return { state, guarded: guardBinding('wasm', binding) };
}

describe('a guarded kernel', () => {
  it('says what to do when there is no memory, and goes on', () => {
    const { state, guarded } = failing(new RangeError('out of memory: no 12 MB are free'));
    for (const call of [() => guarded.allocate(1), () => guarded.forward(0, 1)]) {
      expect(call).toThrow(
        expect.objectContaining({
          code: 'encoder',
          message: expect.stringMatching(/memory that it needs .*12 MB.*Lower encoder\.batch, encoder\.hidden/),
        }),
      );
    }
    expect(state).toEqual({ calls: 2, disposals: 0 });
  });

  it.each([
    Object.assign(new Error('unreachable'), { name: 'RuntimeError' }),
    new Error('the engine has failed: index out of bounds'),
  ])('is not called again after a fault in its code', (fault) => {
    const { state, guarded } = failing(fault);
    const says = /The wasm engine has failed and is not used any more: .*Make a new one/;
    expect(() => guarded.forward(0, 1)).toThrow(says);
    expect(() => guarded.backward(0, 1)).toThrow(says);
    expect(state).toEqual({ calls: 1, disposals: 1 });
    guarded.dispose();
    expect(state.disposals).toBe(1);
  });

  it('is not called again by random kernels either, whose fault ends it too', () => {
    const { state, guarded } = failing(new Error('the engine has failed: index out of bounds'));
    const { transform } = guarded.createRandomKernels(NO_KERNELS);
    const says = /The wasm engine has failed and is not used any more/;
    expect(() => transform(new Float32Array(1), 1, new Float32Array(1))).toThrow(says);
    expect(() => transform(new Float32Array(1), 1, new Float32Array(1))).toThrow(says);
    expect(() => guarded.createRandomKernels(NO_KERNELS)).toThrow(says);
    expect(state).toEqual({ calls: 1, disposals: 1 });
  });

  it('refuses calls after it was let go of', () => {
    const { state, guarded } = failing(new Error('x'));
    guarded.dispose();
    expect(() => guarded.peak(1)).toThrow('disposed of');
    expect(state.calls).toBe(0);
  });
});
