import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findOnnxRuntimes, loadOnnxRuntime, ONNX_RUNTIMES } from '../../../src/encode/onnx/load-onnx-runtime.js';

describe('a runtime', () => {
  it('is the first that is installed', async () => {
    expect(ONNX_RUNTIMES[0]).toBe('onnxruntime-node');
    expect(findOnnxRuntimes(['onnxruntime-absent', 'onnxruntime-web'])).toEqual(['onnxruntime-web']);
    expect((await loadOnnxRuntime(['onnxruntime-absent', 'onnxruntime-web'])).InferenceSession).toBeDefined();
  });

  it('that is not installed is told with what to do', async () => {
    const text = 'needs a-runtime or b-runtime, and neither is installed. Install one: npm install onnxruntime-node';
    const refused = { code: 'config', message: expect.stringContaining(text) };
    await expect(loadOnnxRuntime(['a-runtime', 'b-runtime'])).rejects.toMatchObject(refused);
  });

  it('that is installed and can not be loaded is passed over for the next, and told where there is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'segtide-runtime-'));
    const broken = join(folder, 'runtime.cjs');
    await writeFile(broken, 'throw new Error("no machine code for this platform");');
    expect((await loadOnnxRuntime([broken, 'onnxruntime-web'])).InferenceSession).toBeDefined();
    const told = `${broken} can't be loaded: no machine code for this platform. Install one anew.`;
    await expect(loadOnnxRuntime([broken])).rejects.toMatchObject({ code: 'config', message: told });
    await rm(folder, { recursive: true });
  });
});
