import { createRequire } from 'node:module';
import { loadTfjs } from './tfjs/load-tfjs.js';

/** What one engine says of itself, or why it is absent. */
export type EngineReport =
  | { readonly name: 'js' | 'tfjs'; readonly runs: true; readonly description: string }
  | { readonly name: 'js' | 'tfjs'; readonly runs: false; readonly reason: string };

/** Tries every engine, in the order in which `auto` does. */
export async function inspectEngines(): Promise<readonly EngineReport[]> {
  const tf = await loadTfjs();
  const tfjs: EngineReport = tf
    ? { name: 'tfjs', runs: true, description: `tfjs-node, tfjs-core ${tf.version_core}` }
    : { name: 'tfjs', runs: false, reason: absence('@tensorflow/tfjs-node') };
  return [{ name: 'js', runs: true, description: 'plain TypeScript, float64' }, tfjs];
}

function absence(name: string): string {
  try {
    createRequire(import.meta.url).resolve(name);
    return `${name} is installed, but its binding does not load`;
  } catch {
    return `${name} is not installed`;
  }
}
