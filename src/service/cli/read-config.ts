import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SegtideError } from '../../errors.js';
import type { Assignment } from '../config/assignment.js';
import { type ConfigSources, givenKeys, loadConfig } from '../config/load-config.js';
import { locatePlugins } from '../config/locate-plugins.js';
import type { Config } from '../config/schema.js';

/** The config file that a command takes: the one that was named, that of `SEGTIDE_CONFIG`, or `segtide.yaml` here. */
export function findConfigFile(
  path: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  return path ?? env.SEGTIDE_CONFIG ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
}

/** Reads and checks the config that a command runs with. See `findConfigFile`. */
export function readConfig(
  path: string | undefined,
  flags: readonly Assignment[],
  env: Readonly<Record<string, string | undefined>>,
): Config {
  const sources = sourcesOf(path, flags, env);
  const config = loadConfig(sources);
  const folder = sources.file === undefined ? '.' : dirname(sources.file.path);
  return { ...config, plugins: locatePlugins(config.plugins, folder) };
}

/** The keys that are given to a command, without defaults; see `readConfig`, which checks them. */
export function readGivenKeys(
  path: string | undefined,
  flags: readonly Assignment[],
  env: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  return givenKeys(sourcesOf(path, flags, env));
}

function sourcesOf(
  path: string | undefined,
  flags: readonly Assignment[],
  env: Readonly<Record<string, string | undefined>>,
): ConfigSources {
  const named = findConfigFile(path, env);
  const file = named === undefined ? undefined : { path: named, text: readText(named) };
  return { file, env, flags, readFile: (secretPath) => readFileSync(secretPath, 'utf8') };
}

/** Taken when no file is named. */
const DEFAULT_CONFIG = 'segtide.yaml';

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new SegtideError('config', `can't read the config '${path}': ${why}; 'segtide init' writes one`, {
      cause: error,
      context: { path },
    });
  }
}
