import util from 'node:util';
import type * as core from '@tensorflow/tfjs-core';

/** TensorFlow.js, whichever package and backend it came from. */
export type Tfjs = typeof core;

/**
 * Loads `@tensorflow/tfjs-node`, or gives undefined where it is not installed or its binding does not load: it is an
 * optional dependency, and its download may have failed or been blocked.
 *
 * @param specifier of another installation of it
 */
export async function loadTfjs(specifier = '@tensorflow/tfjs-node'): Promise<Tfjs | undefined> {
  try {
    restoreTypeChecks();
    const loaded = (await import(specifier)) as Tfjs & { readonly default?: Tfjs };
    const tf = loaded.default ?? loaded;
    await tf.ready();
    return tf.getBackend() === 'tensorflow' ? tf : undefined;
  } catch {
    return undefined;
  }
}

/** tfjs-node 4.22 calls two functions of `node:util` that Node 23 took away. */
function restoreTypeChecks(): void {
  const checks = util as unknown as Record<string, unknown>;
  checks.isArray ??= Array.isArray;
  checks.isNullOrUndefined ??= (value: unknown): boolean => value === null || value === undefined;
}
