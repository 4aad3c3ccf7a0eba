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
 * Finds out which runtimes are installed, without loading them.
 *
 * @returns at least one
 * @throws SegtideError `config` where there is none.
 */
export function findOnnxRuntimes(runtimes: readonly string[] = ONNX_RUNTIMES): readonly string[] {
  const { resolve } = createRequire(import.meta.url);
  const found = runtimes.filter((name) => {
    try {
      return resolve(name) !== '';
    } catch {
      return false;
    }
  });
  if (found.length > 0) return found;
  throw new SegtideError(
    'config',
    `encoder.kind is onnx, which needs ${runtimes.join(' or ')}, and neither is installed. ` +
      'Install one: npm install onnxruntime-node, or for WebAssembly npm install onnxruntime-web.',
  );
}

/**
 * Loads the first runtime that is installed and can be loaded: machine code may be missing for a platform.
 *
 * @throws SegtideError `config` where there is none.
 */
export async function loadOnnxRuntime(runtimes: readonly string[] = ONNX_RUNTIMES): Promise<OnnxRuntime> {
  const failures: unknown[] = [];
  const found = findOnnxRuntimes(runtimes);
  for (const name of found) {
    try {
      return settle(await import(name));
    } catch (cause) {
      failures.push(cause);
    }
  }
  const why = failures.map((cause, at) => `${found[at]} can't be loaded: ${(cause as Error).message}`).join('; ');
  throw new SegtideError('config', `${why}. Install one anew.`, { cause: failures[0] });
}

function settle(loaded: OnnxRuntime & { readonly default?: OnnxRuntime }): OnnxRuntime {
  const runtime = loaded.InferenceSession === undefined ? loaded.default! : loaded;
  runtime.env.logLevel = 'error';
  // Windows are shared out among encode threads already, and results should not depend on how many there are.
  runtime.env.wasm.numThreads = 1;
  return runtime;
}
