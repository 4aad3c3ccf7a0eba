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
    // Node's own words name the file in which the import stands, of which nobody wants to know.
    throw cause.code === 'ERR_MODULE_NOT_FOUND' ? new Error(`${specifier} is not installed`, { cause }) : cause;
  })) as Tfjs & { readonly default?: Tfjs };
  const tf = loaded.default ?? loaded;
  await tf.ready();
  if (tf.getBackend() !== 'tensorflow') throw new Error(`its backend is ${tf.getBackend()}, not tensorflow`);
  return tf;
}

/** tfjs-node 4.22 calls two functions of `node:util` that Node 23 took away. */
function restoreTypeChecks(): void {
  const checks = util as unknown as Record<string, unknown>;
  checks.isArray ??= Array.isArray;
  checks.isNullOrUndefined ??= (value: unknown): boolean => value === null || value === undefined;
}
