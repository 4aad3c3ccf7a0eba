import { createRequire } from 'node:module';
import { SegtideError } from '../../errors.js';
import { restoreTypeChecks } from '../vrae/engines/tfjs/load-tfjs.js';

/** What is used of a runtime: `@tensorflow/tfjs-node` and `@tensorflow/tfjs` have it in common, but for `node`. */
export interface TfjsRuntime {
  readonly io: { fromMemory(artifacts: object): unknown };
  readonly loadLayersModel: (handler: unknown) => Promise<TfjsLayersModel>;
  readonly loadGraphModel: (handler: unknown) => Promise<TfjsGraphModel>;
  readonly model: (options: { inputs: unknown; outputs: unknown }) => TfjsLayersModel;
  readonly tensor: (values: Float32Array, shape: readonly number[], dtype: 'float32') => TfjsTensor;
  readonly tidy: <T>(compute: () => T) => T;
  readonly ready: () => Promise<void>;
  readonly backend: () => object;
  readonly getBackend: () => string;
  /** Of `@tensorflow/tfjs-node` alone. */
  readonly node?: TfjsNode;
}

export interface TfjsTensor {
  readonly shape: readonly number[];
  data(): Promise<unknown>;
  dispose(): void;
}

export interface TfjsPort {
  readonly shape?: readonly (number | null)[];
  readonly dtype: string;
}

export interface TfjsLayersModel {
  readonly inputs?: readonly TfjsPort[];
  readonly outputs: readonly TfjsPort[];
  readonly layers: readonly { readonly name: string; readonly output: unknown }[];
  predict(input: TfjsTensor): TfjsTensor;
  dispose(): void;
}

export interface TfjsGraphModel {
  readonly inputs: readonly TfjsPort[];
  readonly outputs: readonly (TfjsPort & { readonly name: string })[];
  execute(input: TfjsTensor, output: string): TfjsTensor;
  executeAsync(input: TfjsTensor, output: string): Promise<TfjsTensor>;
  dispose(): void;
}

export interface TfjsNode {
  getMetaGraphsFromSavedModel(path: string): Promise<readonly MetaGraph[]>;
  loadSavedModel(path: string, tags: string[], signature: string): Promise<SavedModelSession>;
}

export interface MetaGraph {
  readonly tags: string[];
  readonly signatureDefs: Readonly<Record<string, SavedModelSignature>>;
}

export interface SavedModelSignature {
  readonly inputs: Readonly<Record<string, SavedModelPort>>;
  readonly outputs: Readonly<Record<string, SavedModelPort>>;
}

export interface SavedModelPort {
  readonly dtype: string;
  readonly shape: readonly { getSize(): number }[];
}

export interface SavedModelSession {
  predict(inputs: Readonly<Record<string, TfjsTensor>>): Readonly<Record<string, TfjsTensor>>;
  dispose(): void;
}

/** In the order of preference: machine code, then WebAssembly where its package is there too, or else JavaScript. */
export const TFJS_RUNTIMES: readonly string[] = ['@tensorflow/tfjs-node', '@tensorflow/tfjs'];

export const TFJS_WASM = '@tensorflow/tfjs-backend-wasm';

/**
 * Loads the first runtime that is installed and can be loaded: the machine code of `tfjs-node` may be missing.
 *
 * @throws SegtideError `config` where there is none.
 */
export async function loadTfjsRuntime(runtimes: readonly string[] = TFJS_RUNTIMES): Promise<TfjsRuntime> {
  restoreTypeChecks();
  const failures: string[] = [];
  for (const name of runtimes) {
    try {
      return await load(name);
    } catch (cause) {
      failures.push(`${name} ${explain(cause as NodeJS.ErrnoException)}`);
    }
  }
  throw new SegtideError(
    'config',
    `encoder.kind is tfjs, which needs ${runtimes.join(' or ')}: ${failures.join('; ')}. ` +
      `Install one: npm install @tensorflow/tfjs ${TFJS_WASM}.`,
  );
}

// Their modules for bundlers are no modules to Node.
const require = createRequire(import.meta.url);

async function load(name: string): Promise<TfjsRuntime> {
  const runtime = require(name) as TfjsRuntime;
  if (runtime.node === undefined) addWasm();
  // Takes the best of the backends that are there, unless whoever else uses TensorFlow.js here has chosen one.
  await runtime.ready();
  // Or else it praises tfjs-node on the standard error.
  Object.assign(runtime.backend(), { firstUse: false });
  return runtime;
}

function addWasm(): void {
  try {
    require('@tensorflow/tfjs-backend-wasm');
  } catch {
    // It is not there, or not for this machine: JavaScript computes the same, more slowly.
  }
}

function explain({ code, message }: NodeJS.ErrnoException): string {
  if (message.includes('tfjs_binding.node'))
    return 'lacks its machine code, which npm rebuild @tensorflow/tfjs-node fetches';
  return code === 'MODULE_NOT_FOUND' ? 'is not installed' : `can't be loaded: ${message}`;
}
