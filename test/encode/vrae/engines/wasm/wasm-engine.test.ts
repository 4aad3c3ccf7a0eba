import { describe, expect, it } from 'vitest';
import { createWasmEngine } from '../../../../../src/encode/vrae/engines/wasm/wasm-engine.js';
import { bestInstructions } from '../../../../../src/encode/vrae/engines/wasm/wasm-module.js';
import { describeKernelEngine } from '../describe-kernel-engine.js';

describe('the WebAssembly engine', () => {
  describeKernelEngine('with SIMD128', () => createWasmEngine({ instructions: 'simd128' }));
  if (bestInstructions() === 'relaxed') {
    describeKernelEngine('with relaxed SIMD', () => createWasmEngine({ instructions: 'relaxed' }));
  }

  it('takes relaxed SIMD exactly where the JavaScript engine has it', () => {
    const major = Number(process.versions.node.split('.')[0]);
    expect(bestInstructions()).toBe(major >= 22 ? 'relaxed' : 'simd128');
    expect(createWasmEngine().description).toBe(major >= 22 ? 'relaxed SIMD' : 'SIMD128');
  });

  it('shows a buffer where it is after memory has grown', () => {
    const engine = createWasmEngine();
    const buffer = engine.allocate(10);
    buffer.values.fill(2);
    const before = buffer.values;
    engine.allocate(5_000_000);
    expect(before.length).toBe(0);
    expect([...buffer.values]).toEqual(Array(10).fill(2));
  });

  it('refuses calls after it is gone', () => {
    const engine = createWasmEngine();
    const buffer = engine.allocate(10);
    engine.dispose();
    expect(() => engine.allocate(1)).toThrow('disposed');
    expect(() => buffer.values).toThrow('disposed');
  });
});
