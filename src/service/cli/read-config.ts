import { existsSync, readFileSync } from 'node:fs';
import { SegtideError } from '../../errors.js';
import type { Assignment } from '../config/assignment.js';
import { type ConfigSources, loadConfig } from '../config/load-config.js';
import type { Config } from '../config/schema.js';

/** Config file that is taken when none is named. */
export const DEFAULT_CONFIG = 'segtide.yaml';

/** Reads and checks the config that a command runs with. `SEGTIDE_CONFIG` names the file where no flag does. */
export function readConfig(
  path: string | undefined,
  flags: readonly Assignment[],
  env: Readonly<Record<string, string | undefined>>,
): Config {
  return loadConfig(configSources(path, flags, env));
}

/** The same sources, not yet put together. */
export function configSources(
  path: string | undefined,
  flags: readonly Assignment[],
  env: Readonly<Record<string, string | undefined>>,
): ConfigSources {
  const named = path ?? env.SEGTIDE_CONFIG ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
  const file = named === undefined ? undefined : { path: named, text: readText(named) };
  return { file, env, flags, readFile: (secretPath) => readFileSync(secretPath, 'utf8') };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new SegtideError('config', `can't read the config '${path}': ${why}; 'segtide config init' writes one`, {
      cause: error,
      context: { path },
    });
  }
}
