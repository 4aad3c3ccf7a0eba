import { SegtideError } from '../../../errors.js';
import type { EngineName, RecurrentEngine } from '../recurrent-engine.js';
import type { VraeEngine } from '../vrae-options.js';
import { createJsEngine } from './js/js-engine.js';
import { loadNativeAddon } from './native/native-addon.js';
import { createNativeEngine } from './native/native-engine.js';
import { loadTfjs } from './tfjs/load-tfjs.js';
import { createTfjsEngine } from './tfjs/tfjs-engine.js';
import { createWasmEngine } from './wasm/wasm-engine.js';

export interface EngineOptions {
  /** Threads of one engine, where it has threads. @default 1 */
  readonly threads?: number;
}

/** An engine that does not run here, and why. */
export interface AbsentEngine {
  readonly name: EngineName;
  readonly reason: string;
}

/** How each engine is made; one that rejects is absent, and its message says why. */
export type EngineOpeners = Readonly<Record<EngineName, (options: EngineOptions) => Promise<RecurrentEngine>>>;

const OPENERS: EngineOpeners = {
  native: async ({ threads = 1 }) => {
    const found = loadNativeAddon();
    if (!found.available) throw new Error(found.reason);
    return createNativeEngine({ threads, addon: found.addon });
  },
  wasm: async () => createWasmEngine(),
  tfjs: async () => createTfjsEngine(await loadTfjs()),
  js: async () => createJsEngine(),
};

/** What `auto` tries, in order. TensorFlow is not among it: results should not depend on an optional dependency. */
const AUTO: readonly EngineName[] = ['native', 'wasm', 'js'];

/**
 * Makes the engine that is asked for.
 *
 * @returns it, and those that `auto` would have preferred
 * @throws SegtideError `config` when an engine is asked for by name and does not run here.
 */
export async function openEngine(
  wanted: VraeEngine,
  options: EngineOptions = {},
  openers: EngineOpeners = OPENERS,
): Promise<{ readonly engine: RecurrentEngine; readonly absent: readonly AbsentEngine[] }> {
  const absent: AbsentEngine[] = [];
  for (const name of wanted === 'auto' ? AUTO : [wanted]) {
    try {
      return { engine: await openers[name](options), absent };
    } catch (error) {
      absent.push({ name, reason: reasonOf(error) });
    }
  }
  const [first] = absent;
  const install = wanted === 'tfjs' ? 'Install it (npm install @tensorflow/tfjs-node), or set' : 'Set';
  throw new SegtideError(
    'config',
    `encoder.engine is ${wanted}, which does not run here: ${first?.reason}. ${install} encoder.engine to auto.`,
  );
}

/** What one engine says of itself, or why it is absent. */
export type EngineReport =
  | { readonly name: EngineName; readonly runs: true; readonly description: string }
  | { readonly name: EngineName; readonly runs: false; readonly reason: string };

/** Tries every engine, in the order in which `auto` does. */
export async function inspectEngines(
  options: EngineOptions = {},
  openers: EngineOpeners = OPENERS,
): Promise<EngineReport[]> {
  const reports: EngineReport[] = [];
  for (const name of [...AUTO, 'tfjs'] as const) {
    try {
      const engine = await openers[name](options);
      reports.push({ name, runs: true, description: engine.description });
      engine.dispose();
    } catch (error) {
      reports.push({ name, runs: false, reason: reasonOf(error) });
    }
  }
  return reports;
}

/** The first line of an error: loaders add lists of paths below. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}
