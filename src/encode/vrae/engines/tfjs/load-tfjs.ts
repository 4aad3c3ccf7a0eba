import util from 'node:util';
import type * as core from '@tensorflow/tfjs-core';

/** TensorFlow.js, whichever package and backend it came from. */
export type Tfjs = typeof core;

/**
 * Loads `@tensorflow/tfjs-node`. It is an optional dependency: it may not be installed, and its binding may be absent
 * where its download failed or was blocked.
 *
 * @param specifier of another installation of it
 * @throws Error whatever its loading threw
 */
export async function loadTfjs(specifier = '@tensorflow/tfjs-node'): Promise<Tfjs> {
  restoreTypeChecks();
  const loaded = (await import(specifier).catch((cause: NodeJS.ErrnoException) => {
    throw explain(specifier, cause);
  })) as Tfjs & { readonly default?: Tfjs };
  const tf = loaded.default ?? loaded;
  await tf.ready();
  if (tf.getBackend() !== 'tensorflow') throw new Error(`its backend is ${tf.getBackend()}, not tensorflow`);
  return tf;
}

/** Node's own words name the file in which the import stands, tfjs-node's where it looked: nobody wants to know. */
function explain(specifier: string, cause: NodeJS.ErrnoException): Error {
  if (cause.code === 'ERR_MODULE_NOT_FOUND') return new Error(`${specifier} is not installed`, { cause });
  if (!cause.message.includes('tfjs_binding.node')) return cause;
  return new Error(`${specifier} lacks its machine code; npm rebuild ${specifier} fetches it`, { cause });
}

/** tfjs-node 4.22 calls two functions of `node:util` that Node 23 took away. */
export function restoreTypeChecks(): void {
  const checks = util as unknown as Record<string, unknown>;
  checks.isArray ??= Array.isArray;
  checks.isNullOrUndefined ??= (value: unknown): boolean => value === null || value === undefined;
}
