import { createRequire } from 'node:module';
import { SegtideError } from '../../errors.js';

/** What is used of a runtime: `onnxruntime-node` and `onnxruntime-web` have it in common. */
export interface OnnxRuntime {
  readonly InferenceSession: { create(bytes: Uint8Array, options: object): Promise<OnnxSession> };
  readonly Tensor: new (type: 'float32', values: Float32Array, shape: readonly number[]) => OnnxTensor;
  readonly env: { logLevel?: string; readonly wasm: { numThreads?: number } };
}

export interface OnnxTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

export interface OnnxSession {
  run(feeds: Readonly<Record<string, OnnxTensor>>, outputs: readonly string[]): Promise<Record<string, OnnxTensor>>;
  release(): Promise<void>;
}

/** In the order of preference: machine code, then WebAssembly. */
export const ONNX_RUNTIMES: readonly string[] = ['onnxruntime-node', 'onnxruntime-web'];

/**
 * Finds out which runtime is installed, without loading it.
 *
 * @throws SegtideError `config` where there is none.
 */
export function findOnnxRuntime(runtimes: readonly string[] = ONNX_RUNTIMES): string {
  const { resolve } = createRequire(import.meta.url);
  const found = runtimes.find((name) => {
    try {
      return resolve(name) !== '';
    } catch {
      return false;
    }
  });
  if (found !== undefined) return found;
  throw new SegtideError(
    'config',
    `encoder.kind is onnx, which needs ${runtimes.join(' or ')}, and neither is installed. ` +
      'Install one: npm install onnxruntime-node, or for WebAssembly npm install onnxruntime-web.',
  );
}

/**
 * Loads the runtime that is installed.
 *
 * @throws SegtideError `config` where there is none, or it can't be loaded.
 */
export async function loadOnnxRuntime(runtimes: readonly string[] = ONNX_RUNTIMES): Promise<OnnxRuntime> {
  const name = findOnnxRuntime(runtimes);
  let loaded: OnnxRuntime & { readonly default?: OnnxRuntime };
  try {
    loaded = await import(name);
  } catch (cause) {
    throw new SegtideError('config', `${name} can't be loaded: ${(cause as Error).message}. Install it anew.`, {
      cause,
    });
  }
  const runtime = loaded.InferenceSession === undefined ? loaded.default! : loaded;
  runtime.env.logLevel = 'error';
  // Windows are shared out among encode threads already, and results should not depend on how many there are.
  runtime.env.wasm.numThreads = 1;
  return runtime;
}
