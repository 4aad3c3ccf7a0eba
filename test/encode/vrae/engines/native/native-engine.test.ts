import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadNativeAddon, platformPackage } from '../../../../../src/encode/vrae/engines/native/native-addon.js';
import { createNativeEngine } from '../../../../../src/encode/vrae/engines/native/native-engine.js';
import type { LayerSpec } from '../../../../../src/encode/vrae/recurrent-engine.js';
import { describeKernelEngine } from '../describe-kernel-engine.js';
import { randomInput } from '../naive-recurrence.js';
import { runLayer } from '../run-layer.js';

const found = loadNativeAddon();

describe.runIf(found.available)('the native engine', () => {
  for (const instructions of ['avx512', 'avx2', 'baseline'] as const) {
    describeKernelEngine(`with ${instructions} at most`, () => createNativeEngine({ instructions }));
  }
  describeKernelEngine('with two threads', () => createNativeEngine({ threads: 2 }));

  it('says what it computes with', () => {
    const engine = createNativeEngine({ threads: 2, instructions: 'baseline' });
    expect(engine.description).toMatch(/^(SSE2|NEON), 2 threads$/);
    expect(engine.name).toBe('native');
    engine.dispose();
  });

  it.each(['lstm', 'gru'] as const)('gives the same bits with any number of threads (%s)', (cell) => {
    const spec: LayerSpec = {
      cell,
      // Large enough to be worth several threads.
      steps: 40,
      inputs: 3,
      hidden: 70,
      rows: 90,
      training: true,
      outputs: 'all',
      inputGradients: true,
    };
    const input = randomInput(spec, 90, 11, 0.1);
    const run = (threads: number) => {
      const engine = createNativeEngine({ threads });
      // A first call uses all threads, and later ones as many as are faster at the moment.
      const result = runLayer(engine, spec, input, true);
      expect(runLayer(engine, spec, input)).toEqual(result);
      const [a, b, out] = [900_000, 12_000, 270_000].map((length) => engine.allocate(length));
      a!.values.forEach((_, i, values) => {
        values[i] = Math.sin(i);
      });
      b!.values.set(a!.values.subarray(0, b!.length));
      engine.multiply({ a: a!, b: b!, out: out!, m: 4500, n: 60, inner: 200 });
      const product = out!.values.slice();
      engine.dispose();
      return { ...result, product };
    };
    const one = run(1);
    for (const threads of [2, 3, 7]) expect(run(threads)).toEqual(one);
  });

  it('keeps arrays alive after it is gone, and then refuses calls', () => {
    const engine = createNativeEngine();
    const buffer = engine.allocate(1000);
    buffer.values.fill(3);
    engine.dispose();
    expect(buffer.values[999]).toBe(3);
    expect(() => engine.allocate(1)).toThrow('disposed');
  });

  it('refuses a number of threads that is none', () => {
    expect(() => createNativeEngine({ threads: 0 })).toThrow('threads must be a whole number from 1 to 256; got 0');
  });
});

describe('the addon', () => {
  it('is absent with a reason for each place where it was looked for', () => {
    const absent = loadNativeAddon(['@segtide/kernel-plan9-mips', import.meta.filename]);
    expect(absent).toMatchObject({ available: false });
    const { reason } = absent as { reason: string };
    expect(reason).toContain('@segtide/kernel-plan9-mips is not installed; ');
    expect(reason).toContain('native-engine.test.ts ');
  });

  it('is absent where its file is cut off, of which the process would die', () => {
    const folder = mkdtempSync(join(tmpdir(), 'segtide-addon-'));
    const path = join(folder, 'cut-off.node');
    const header = new DataView(new ArrayBuffer(64));
    for (const [i, byte] of [0x7f, 0x45, 0x4c, 0x46, 2, 1].entries()) header.setUint8(i, byte);
    header.setBigUint64(0x28, 1000n, true);
    writeFileSync(path, new Uint8Array(header.buffer));
    expect(loadNativeAddon([path])).toEqual({
      available: false,
      reason: `${path} does not load: the file is cut off: build or install it anew`,
    });
    rmSync(folder, { recursive: true });
  });

  it('has a package for each platform', () => {
    expect(platformPackage('darwin', 'arm64')).toBe('@segtide/kernel-darwin-arm64');
    expect(platformPackage('win32', 'x64')).toBe('@segtide/kernel-win32-x64-msvc');
    expect(platformPackage('linux', 'x64')).toMatch(/^@segtide\/kernel-linux-x64-(gnu|musl)$/);
  });
});
